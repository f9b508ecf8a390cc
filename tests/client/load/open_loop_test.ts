import { AT_ONCE, SteadyPace } from "../../../src/client/load/pace.ts";
import type { HdrHistogram } from "../../../src/client/hdr_histogram.ts";
import { assert, assertEquals } from "../../assert.ts";
import type { FakeStream } from "../fake_streams.ts";
import { playersOf } from "./playing.ts";

const CONNECTIONS = 50;
const SECONDS = 10;
const SERVICE_MS = 10;
const STALL = { fromMs: 2000, toMs: 3000 };

/**
 * Ten seconds with a server that answers within 10 ms, and once not at all for
 * a second.
 */
async function play(rate?: number): Promise<HdrHistogram> {
  const answer = (stream: FakeStream, data: Uint8Array) => {
    const { nowMs } = time;
    const isStalled = nowMs >= STALL.fromMs && nowMs < STALL.toMs;
    const from = isStalled ? STALL.toMs : nowMs;
    time.after(from - nowMs + SERVICE_MS, () => stream.say(...data));
  };
  const { time, game, players, start, tally, close } = await playersOf({
    plan: { connections: CONNECTIONS },
    onWrite: answer,
  });
  const pace = rate === undefined
    ? AT_ONCE
    : new SteadyPace(rate, CONNECTIONS, 0, (at, now) => players[at].wake(now));
  game.pace = pace;
  start();
  for (let now = 0; now <= SECONDS * 1000; now++) {
    time.passTo(now);
    pace.look?.(now);
  }
  close();
  return tally.times;
}

Deno.test("in an open loop, a stall of a second is what p99 shows", async () => {
  const times = await play(1000);
  // All that was due has come back, but for what is on its way in the end.
  assert(times.count > SECONDS * 1000 - CONNECTIONS, `${times.count}`);
  const [p50, p99] = [50, 99].map((percent) => times.percentile(percent));
  assert(Math.abs(p50 - SERVICE_MS) < 1, `p50: ${p50}`);
  assert(p99 > 850 && p99 < 1100, `p99: ${p99}`);
});

Deno.test("in a closed loop, the same stall is next to nothing", async () => {
  const times = await play();
  // Each connection waits once, and sends nothing that would wait as well.
  assertEquals(times.percentile(99) < SERVICE_MS * 1.01, true);
  assert(times.maxMs >= 1000);
});
