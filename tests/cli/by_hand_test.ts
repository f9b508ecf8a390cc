import { greeting, keepWindow, type Start } from "../../src/cli/by_hand.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { FakeProcess } from "../fake_process.ts";

const ON_LINUX: Start = { argv: [], platform: "linux", isTerminal: true };
const ON_WINDOWS: Start = { ...ON_LINUX, platform: "win32" };

Deno.test("who starts it by hand is told what to try", () => {
  const words = greeting(ON_LINUX, "tcp://0.0.0.0:8080");
  assertMatch(words ?? "", /^ {2}nc 127\.0\.0\.1 8080$/m);
  assertMatch(words ?? "", /tcp:\/\/0\.0\.0\.0:8080.*Ctrl\+C/s);
});

Deno.test("the address to try is one that can be connected to", () => {
  const addresses: Record<string, string> = {
    "tcp://[::]:7": "nc ::1 7",
    "tcp://[fe80::1]:7": "nc fe80::1 7",
    "tcp://192.0.2.1:7": "nc 192.0.2.1 7",
  };
  for (const [url, command] of Object.entries(addresses)) {
    assert(greeting(ON_LINUX, url)?.includes(`  ${command}\n`), url);
  }
});

Deno.test("on Windows it is PowerShell, which is there", () => {
  const words = greeting(ON_WINDOWS, "tcp://0.0.0.0:8080") ?? "";
  assertMatch(words, /TcpClient\]::new\('127\.0\.0\.1', 8080\)/);
  assert(!words.includes("nc "));
});

Deno.test("nobody is told who has asked for something, or is not there", () => {
  const url = "tcp://0.0.0.0:8080";
  assertEquals(greeting({ ...ON_LINUX, argv: ["--quiet"] }, url), undefined);
  assertEquals(greeting({ ...ON_LINUX, isTerminal: false }, url), undefined);
  assertEquals(greeting(ON_LINUX, "http://127.0.0.1:8080"), undefined);
});

Deno.test("a window is kept open on Windows alone, and for a hand alone", async () => {
  const process = new FakeProcess();
  // A wait for Enter would leave the sanitizers something to find.
  await keepWindow(ON_LINUX, process);
  await keepWindow({ ...ON_WINDOWS, argv: ["--prot", "1"] }, process);
  await keepWindow({ ...ON_WINDOWS, isTerminal: false }, process);
  assertEquals(process.heard, []);
});
