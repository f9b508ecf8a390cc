import { flagName, KEYS } from "../src/cli/flags.ts";
import { suggest } from "../src/suggest.ts";
import { assertEquals } from "./assert.ts";

Deno.test("suggest finds the word behind a slip", () => {
  const slips = {
    "--prot": "--port",
    "--por": "--port",
    "--portt": "--port",
    "--hots": "--host",
    "--idle-timout": "--idle-timeout",
    "--idletimeout": "--idle-timeout",
    "--idle_timeout": "--idle-timeout",
    "--max-connection": "--max-connections",
    "--loglevel": "--log-level",
  };
  for (const [typed, meant] of Object.entries(slips)) {
    assertEquals(suggest(typed, KEYS.map(flagName)), meant, typed);
  }
});

Deno.test("suggest finds a short word with two letters swapped", () => {
  const words = ["port", "host", "quiet", "listen"];
  const slips = { prot: "port", hsot: "host", quite: "quiet" };
  for (const [typed, meant] of Object.entries(slips)) {
    assertEquals(suggest(typed, words), meant, typed);
  }
});

Deno.test("suggest allows for one slip in every three letters begun", () => {
  assertEquals(suggest("poxx", ["port"]), "port");
  assertEquals(suggest("pox", ["port"]), undefined);
  assertEquals(suggest("hoxxx", ["host"]), undefined);
});

Deno.test("suggest takes the nearest of several near words", () => {
  assertEquals(suggest("bord", ["born", "word", "board", "cord"]), "born");
  assertEquals(suggest("words", ["wordy", "words", "word"]), "words");
});

Deno.test("suggest completes the beginning of a word", () => {
  assertEquals(suggest("shut", ["port", "shutdownTimeout"]), "shutdownTimeout");
  assertEquals(suggest("sh", ["port", "shutdownTimeout"]), undefined);
});

Deno.test("suggest prefers a slip to a beginning", () => {
  assertEquals(suggest("host", ["hostnames", "hose"]), "hose");
});

Deno.test("suggest stays silent when nothing is near", () => {
  assertEquals(suggest("--frobnicate", KEYS.map(flagName)), undefined);
  assertEquals(suggest("udp", ["port", "host", "listen"]), undefined);
  assertEquals(suggest("x", []), undefined);
});
