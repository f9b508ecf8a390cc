import { Gate } from "../../src/faults/gate.ts";
import type { Hit } from "../../src/faults/plan.ts";
import type { Piece, Stage } from "../../src/faults/stage.ts";
import { assertEquals } from "../assert.ts";
import { FakeControl, pieceOf, rowOf } from "./fake_stage.ts";

/** A stage that writes pieces in capitals and notes its beginning. */
function shouting(after: Hit["after"], stage: Stage = {}) {
  const control = new FakeControl();
  const emitted: Piece[] = [];
  const log: string[] = [];
  const gate = new Gate({
    fault: { kind: "mute" },
    after,
    start: () => ({
      begin: () => log.push("begin"),
      pass: (piece) => {
        const upper = pieceOf(rowOf(piece)[0].toString().toUpperCase());
        return [{ ...piece, data: upper.data }];
      },
      ...stage,
    }),
  }, control);
  const pass = (piece: Piece) =>
    gate.pass(piece, (part) => {
      emitted.push(part);
      log.push(`${rowOf(part)[0]}`);
    });
  const rows = () => emitted.map(rowOf);
  return { gate, control, pass, log, rows };
}

Deno.test("a fault without after begins before any byte", () => {
  const { pass, control, log } = shouting({ bytes: 0 });
  assertEquals(log, ["begin"]);
  pass(pieceOf("abc"));
  assertEquals(log, ["begin", "ABC"]);
  assertEquals(control.calls, []);
});

Deno.test("a fault that begins after some bytes leaves those alone", () => {
  const { pass, log } = shouting({ bytes: 5 });
  pass(pieceOf("ab"));
  pass(pieceOf("cd", 2));
  assertEquals(log, ["ab", "cd"]);
  pass(pieceOf("efgh", 4));
  assertEquals(log, ["ab", "cd", "e", "begin", "FGH"]);
  pass(pieceOf("i", 8));
  assertEquals(log.at(-1), "I");
});

Deno.test("a fault that begins in the midst of a piece keeps offsets and times", () => {
  const { pass, rows } = shouting({ bytes: 2 });
  pass({ ...pieceOf("abc", 0, 7), then: "end" });
  assertEquals(rows(), [["ab", 0, 7], ["C", 2, 7, "end"]]);
});

Deno.test("a fault that begins at the end of a piece does not wait for another", () => {
  const { pass, log } = shouting({ bytes: 3 });
  pass(pieceOf("abc"));
  assertEquals(log, ["abc", "begin"]);
  pass(pieceOf("d", 3));
  assertEquals(log, ["abc", "begin", "D"]);
});

Deno.test("a fault begins with what was received, even if it does not get that", () => {
  const { gate, pass, log } = shouting({ bytes: 5 });
  gate.reach(4);
  assertEquals(log, []);
  gate.reach(5);
  gate.reach(6);
  assertEquals(log, ["begin"]);
  pass(pieceOf("a", 6));
  assertEquals(log, ["begin", "A"]);
  const timed = shouting({ ms: 500 });
  timed.gate.reach(2 ** 40);
  assertEquals(timed.log, []);
});

Deno.test("a fault that begins after some time leaves everything alone until then", () => {
  const { pass, control, log } = shouting({ ms: 500 });
  assertEquals(control.calls, ["after 500"]);
  pass(pieceOf("abc"));
  control.timers[0]();
  pass(pieceOf("d", 3));
  assertEquals(log, ["abc", "begin", "D"]);
});

Deno.test("a fault delays FIN once it has begun", () => {
  const { gate, pass } = shouting({ bytes: 2 }, { finDelayMs: 300 });
  pass(pieceOf("a"));
  assertEquals(gate.finDelayMs, 0);
  pass(pieceOf("b", 1));
  assertEquals(gate.finDelayMs, 300);
  assertEquals(shouting({ bytes: 0 }).gate.finDelayMs, 0);
});

Deno.test("a fault that has no part in bytes lets them pass", () => {
  const { pass, rows } = shouting({ bytes: 0 }, { pass: undefined });
  pass(pieceOf("abc"));
  assertEquals(rows(), [["abc", 0, 1000]]);
});
