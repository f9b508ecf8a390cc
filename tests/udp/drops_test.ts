import { DropCounter, type DroppedRecord } from "../../src/udp/drops.ts";
import { assertEquals } from "../assert.ts";
import { stoppedClock, udp } from "./fake_socket.ts";

const HERE = udp("127.0.0.1", 7);
const [A, B] = [udp("192.0.2.1", 50_000), udp("2001:db8::1", 50_001)];

function counter() {
  const records: DroppedRecord[] = [];
  const drops = new DropCounter((record) => records.push(record));
  /** What was told since the last call, without the URL. */
  const told = () =>
    records.splice(0).map(({ reason, count, peer }) => [reason, count, peer]);
  return { drops, records, told };
}

Deno.test("DropCounter tells of the first drop of a reason at once, in full", () => {
  using _ = stoppedClock();
  const { drops, records } = counter();
  drops.count("low-port", HERE, A);
  drops.count("send-error", udp("::1", 8), B, "EPERM");
  assertEquals(records, [
    {
      event: "dropped",
      url: "udp://127.0.0.1:7",
      peer: "192.0.2.1:50000",
      reason: "low-port",
      count: 1,
    },
    {
      event: "dropped",
      url: "udp://[::1]:8",
      peer: "[2001:db8::1]:50001",
      reason: "send-error",
      count: 1,
      error: "EPERM",
    },
  ]);
});

Deno.test("DropCounter sums up those that follow, reason by reason", () => {
  using clock = stoppedClock();
  const { drops, told } = counter();
  drops.count("rate", HERE, A);
  drops.count("rate", HERE, A);
  drops.count("low-port", HERE, A);
  const a = "192.0.2.1:50000";
  assertEquals(told(), [["rate", 1, a], ["low-port", 1, a]]);
  clock.now += 9_999;
  for (let i = 0; i < 1000; i++) drops.count("rate", HERE, A);
  assertEquals(told(), []);
  clock.now += 1;
  // The latest is the one that is named.
  drops.count("rate", HERE, B);
  assertEquals(told(), [["rate", 1002, "[2001:db8::1]:50001"]]);
  clock.now += 9_999;
  drops.count("rate", HERE, A);
  drops.count("low-port", HERE, B);
  assertEquals(told(), [["low-port", 1, "[2001:db8::1]:50001"]]);
  clock.now += 60_000;
  drops.count("rate", HERE, A);
  assertEquals(told(), [["rate", 2, a]]);
});

Deno.test("flush tells what has not been told, once", () => {
  using _ = stoppedClock();
  const { drops, told } = counter();
  drops.flush();
  drops.count("rate", HERE, A);
  drops.count("shutdown", HERE, A);
  assertEquals(told().length, 2);
  drops.flush();
  assertEquals(told(), []);
  drops.count("rate", HERE, A);
  drops.count("rate", HERE, B);
  drops.flush();
  assertEquals(told(), [["rate", 2, "[2001:db8::1]:50001"]]);
  drops.flush();
  assertEquals(told(), []);
});

Deno.test("DropCounter counts what a fault drops, and tells nobody", () => {
  const { drops, told } = counter();
  for (let i = 0; i < 3; i++) drops.count("fault", HERE, A);
  drops.flush();
  assertEquals([told(), drops.totals], [[], { fault: 3 }]);
});

Deno.test("totals count everything, told or not, and stay as they were", () => {
  using _ = stoppedClock();
  const { drops } = counter();
  const before = drops.totals;
  for (const reason of ["rate", "rate", "congestion", "rate"] as const) {
    drops.count(reason, HERE, A);
  }
  drops.flush();
  assertEquals(drops.totals, { rate: 3, congestion: 1 });
  assertEquals(before, {});
});
