import { parseFault } from "../../src/faults/grammar.ts";
import { type KindName, kindOf, KINDS } from "../../src/faults/kinds.ts";
import type { FaultKey } from "../../src/faults/stage.ts";
import type { Fault } from "../../src/faults/types.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { begin, pieceOf } from "./fake_stage.ts";

const NAMES = Object.keys(KINDS) as KindName[];

Deno.test("every kind has an example of itself, and one line of help", () => {
  assertEquals(NAMES.length, 14);
  for (const name of NAMES) {
    const { example, help } = kindOf(name);
    assertEquals(parseFault(example).kind, name);
    assertMatch(help, /^[a-z][^|\n]{10,}$/);
  }
});

Deno.test("the example of a kind has all that the kind needs", () => {
  for (const name of NAMES) {
    const { keys, example } = kindOf(name);
    const fault = parseFault(example);
    for (const [key, { required }] of Object.entries<FaultKey>(keys)) {
      assert(!required || key in fault, `${name} ${key}`);
    }
  }
});

Deno.test("mute lets no byte pass, and answers FIN", () => {
  const { stage, control, pass } = begin({ kind: "mute" });
  assertEquals(pass(pieceOf("abc")), []);
  assertEquals(stage.finDelayMs ?? 0, 0);
  assertEquals(control.calls, []);
});

Deno.test("never_read stops the reading as soon as it begins", () => {
  const { control } = begin({ kind: "never_read" });
  assertEquals(control.calls, ["stopReading"]);
});

Deno.test("faults that keep bytes pass on what an earlier fault has follow", () => {
  const faults: Fault[] = [
    { kind: "mute" },
    { kind: "never_read" },
    { kind: "timeout", ms: 500 },
  ];
  for (const fault of faults) {
    const { pass } = begin(fault);
    assertEquals(pass(pieceOf("abc")), []);
    const last = { ...pieceOf("d", 3), then: "end" } as const;
    assertEquals(pass(last), [["", 3, 1000, "end"]]);
  }
});

Deno.test("refuse does nothing to bytes", () => {
  const { stage, control, pass } = begin({ kind: "refuse" });
  assertEquals(pass(pieceOf("abc")), [["abc", 0, 1000]]);
  assertEquals(stage.finDelayMs, undefined);
  assertEquals(control.calls, []);
});

Deno.test("slow_close delays FIN, and no byte", () => {
  const { stage, pass } = begin({ kind: "slow_close", ms: 300 });
  assertEquals(stage.finDelayMs, 300);
  assertEquals(pass(pieceOf("abc")), [["abc", 0, 1000]]);
});

Deno.test("timeout answers nothing, and ends after its time", () => {
  const { stage, control, pass } = begin({ kind: "timeout", ms: 500 });
  assertEquals(pass(pieceOf("abc")), []);
  assertEquals(stage.finDelayMs, Infinity);
  assertEquals(control.calls, ["after 500"]);
  control.timers[0]();
  assertEquals(control.calls, ["after 500", "end"]);
});

Deno.test("limit_data ends with the last byte that it lets pass", () => {
  const { control, pass } = begin({ kind: "limit_data", bytes: 5 });
  assertEquals(pass(pieceOf("abc")), [["abc", 0, 1000]]);
  assertEquals(pass(pieceOf("defg", 3)), [["de", 3, 1000, "end"]]);
  assertEquals(pass(pieceOf("hi", 7)), []);
  assertEquals(control.calls, []);
});

Deno.test("limit_data ends at once if nothing is to pass", () => {
  const { control, pass } = begin({ kind: "limit_data", bytes: 0 });
  assertEquals(control.calls, ["end"]);
  assertEquals(pass(pieceOf("abc")), []);
});

Deno.test("reset_peer drops the connection after so many bytes", () => {
  const { control, pass } = begin({ kind: "reset_peer", bytes: 3 });
  assertEquals(pass(pieceOf("ab")), [["ab", 0, 1000]]);
  assertEquals(pass(pieceOf("c", 2)), [["c", 2, 1000, "abort"]]);
  assertEquals(pass(pieceOf("d", 3)), []);
  assertEquals(control.calls, []);
});

Deno.test("reset_peer drops the connection after some time, whatever waits", () => {
  const { control, pass } = begin({ kind: "reset_peer", ms: 500 });
  assertEquals(pass(pieceOf("abc")), [["abc", 0, 1000]]);
  assertEquals(control.calls, ["after 500"]);
  control.timers[0]();
  assertEquals(control.calls, ["after 500", "abortNow"]);
});

Deno.test("reset_peer takes bytes and time together, whichever comes first", () => {
  const both = begin({ kind: "reset_peer", bytes: 1, ms: 500 });
  assertEquals(both.control.calls, ["after 500"]);
  assertEquals(both.pass(pieceOf("ab")), [["a", 0, 1000, "abort"]]);
});

Deno.test("reset_peer drops the connection at once when nothing says when", () => {
  for (const when of [{}, { bytes: 0 }, { bytes: 0, ms: 500 }]) {
    const { control } = begin({ kind: "reset_peer", ...when });
    assertEquals(control.calls, ["abort"]);
  }
});
