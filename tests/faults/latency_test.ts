import { assertEquals } from "../assert.ts";
import { begin, FakeControl, pieceOf } from "./fake_stage.ts";

Deno.test("latency delays every chunk by its time, and adds up nothing", () => {
  const { pass } = begin({ kind: "latency", ms: 100 });
  assertEquals(pass(pieceOf("a", 0, 1000)), [["a", 0, 1100]]);
  assertEquals(pass(pieceOf("b", 1, 1001)), [["b", 1, 1101]]);
});

Deno.test("latency leaves its time to chance, as far as its jitter allows", () => {
  const chances: Record<number, number> = { 0: 0, 1: 0.5, 2: 0.75 };
  const control = new FakeControl((offset) => chances[offset]);
  const { pass } = begin({ kind: "latency", ms: 100, jitter: 20 }, control);
  assertEquals(pass(pieceOf("a", 0)), [["a", 0, 1080]]);
  assertEquals(pass(pieceOf("b", 1)), [["b", 1, 1100]]);
  assertEquals(pass(pieceOf("c", 2)), [["c", 2, 1110]]);
});

Deno.test("latency delays by no less than nothing", () => {
  const { pass } = begin({ kind: "latency", ms: 10, jitter: 50 });
  assertEquals(pass(pieceOf("a")), [["a", 0, 1000]]);
});

Deno.test("latency takes its plain time where a replay knows of no other", () => {
  const control = new FakeControl();
  control.decide = () => undefined;
  const { pass } = begin({ kind: "latency", ms: 100, jitter: 20 }, control);
  assertEquals(pass(pieceOf("a")), [["a", 0, 1100]]);
});
