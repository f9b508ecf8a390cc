import { parseTarget, TARGET_BEGINNINGS } from "../../src/client/target.ts";
import { OptionError } from "../../src/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

Deno.test("parseTarget takes the URLs of listeners", () => {
  const stream = { kind: "stream", url: "tcp://[::1]:7" } as const;
  assertEquals(parseTarget("tcp://[::1]:7"), {
    ...stream,
    addr: { transport: "tcp", hostname: "::1", port: 7 },
  });
  assertEquals(parseTarget("unix:///run/x").addr, {
    transport: "unix",
    path: "/run/x",
  });
  assertEquals(parseTarget("unix:@x").kind, "stream");
  assertEquals(parseTarget("tls://localhost:1").kind, "stream");
  assertEquals(parseTarget("udp://localhost:1").kind, "datagram");
});

Deno.test("parseTarget takes paths, queries and usual ports of the web", () => {
  const cases: Record<string, [kind: string, addr: string, url: string]> = {
    "http://a/": ["http", "http a 80", "http://a/"],
    "https://a.test/x?y=z": [
      "http",
      "https a.test 443",
      "https://a.test/x?y=z",
    ],
    "ws://127.0.0.1:81": [
      "websocket",
      "http 127.0.0.1 81",
      "ws://127.0.0.1:81/",
    ],
    "wss://[::1]/": ["websocket", "https ::1 443", "wss://[::1]/"],
    "http://a:8080?size=1": ["http", "http a 8080", "http://a:8080/?size=1"],
  };
  for (const [text, [kind, where, url]] of Object.entries(cases)) {
    const target = parseTarget(text);
    assertEquals([target.kind, target.url], [kind, url]);
    assertEquals(Object.values(target.addr).join(" "), where);
  }
});

Deno.test("parseTarget refuses what is no such URL, and says what it expects", () => {
  const cases: Record<string, string> = {
    "": "expected tcp://HOST:PORT, tls://…, udp://…, unix:PATH, http://…",
    "127.0.0.1:7": "expected a URL: did you mean tcp://127.0.0.1:7?",
    "localhost:7": "expected a URL: did you mean tcp://localhost:7?",
    "[::1]:7": "expected a URL: did you mean tcp://[::1]:7?",
    "localhost": "expected tcp://HOST:PORT",
    "localhost:0": "expected tcp://HOST:PORT",
    "ftp://a:1": 'unknown scheme "ftp", expected tcp://',
    "constructor://a:1": 'unknown scheme "constructor", expected tcp://',
    "tcp://a": "expected tcp://HOST:PORT",
    "tcp://a:0": "expected tcp://HOST:PORT, PORT from 1",
    "tcp://a:1/path": "expected tcp://HOST:PORT",
    "udp://a:65536": "PORT up to 65535",
    "http://": "expected http://HOST:PORT/PATH",
    "http://a:0/": "expected http://HOST:PORT/PATH",
    "http://a:99999/": "expected http://HOST:PORT/PATH",
    "http://user@a/": "expected http://HOST:PORT/PATH",
    "ws://a/#b": "expected ws://HOST:PORT/PATH",
    "wss:a": "expected wss://HOST:PORT/PATH",
    "unix:": "expected unix:PATH",
  };
  for (const [text, message] of Object.entries(cases)) {
    assertThrows(() => parseTarget(text), OptionError, message, text);
  }
});

Deno.test("every beginning leads to a target", () => {
  for (const text of TARGET_BEGINNINGS) parseTarget(`${text}a:1`);
  assertEquals(new Set(TARGET_BEGINNINGS).size, 8);
});
