import {
  type Decider,
  type Decision,
  Decisions,
  FaultLogFile,
  readFaultLog,
} from "../../src/faults/decisions.ts";
import { assert, assertEquals } from "../assert.ts";
import { assertNoDecision, temporaryLog } from "./decision_log.ts";

const HEAD = { seed: 7, faults: [{ kind: "drop", p: 0.5 }] } as const;
const LINE = { fault: 0, kind: "drop", offset: null, value: 1 } as const;

/** Which of the first two hundred are hit. */
function run(decider: Decider): boolean[] {
  return Array.from(
    { length: 200 },
    (_, i) => decider.hits(i + 1, 0, HEAD.faults[0]),
  );
}

Deno.test("messages have numbers of their own, and chances of their own", () => {
  const log: Decision[] = [];
  const write = (decision: Decision) => log.push(decision);
  const decisions = new Decisions(7, { log: { write } });
  const { datagrams, messages } = decisions;
  for (const decider of [decisions, datagrams, messages]) {
    decider.hits(1, 0, { kind: "drop" });
  }
  for (const decider of [datagrams, messages]) {
    decider.decide(2 ** 33, 3, "latency", 0, () => 5);
  }
  assertEquals(log, [
    { conn: 1, ...LINE },
    { datagram: 1, ...LINE },
    { message: 1, ...LINE },
    { datagram: 2 ** 33, fault: 3, kind: "latency", offset: 0, value: 5 },
    { message: 2 ** 33, fault: 3, kind: "latency", offset: 0, value: 5 },
  ]);
  const all = [decisions, datagrams, messages].map(run);
  assertEquals(new Set(all.map((hits) => hits.join())).size, 3);
  const hits = all[2].filter((isHit) => isHit).length;
  assert(hits > 60 && hits < 140, `${hits} of 200`);
  assertEquals(run(new Decisions(7).messages), all[2]);
  assert(run(new Decisions(8).messages).join() !== all[2].join());
});

Deno.test("a replay keeps messages apart from datagrams and connections", () => {
  const replay: Decision[] = [
    { conn: 1, ...LINE, value: 0 },
    { datagram: 1, ...LINE, value: 0 },
    { message: 1, ...LINE, value: 1 },
    { message: 2, ...LINE, value: 0 },
  ];
  const decisions = new Decisions(7, { replay });
  const hits = (decider: Decider, id: number) =>
    [0, 1].map((p) => decider.hits(id, 0, { kind: "drop", p }));
  const { datagrams, messages } = decisions;
  assertEquals(hits(decisions, 1), [false, false]);
  assertEquals(hits(datagrams, 1), [false, false]);
  assertEquals(hits(messages, 1), [true, true]);
  assertEquals(hits(messages, 2), [false, false]);
  // Nothing is known of these.
  assertEquals(hits(messages, 3), [false, true]);
  assertEquals(hits(datagrams, 2), [false, true]);
});

Deno.test("a run with messages can be played again from its file", () => {
  using file = temporaryLog();
  const log = new FaultLogFile(file.path, HEAD, () => {});
  const decisions = new Decisions(HEAD.seed, { log });
  const all = [run(decisions.messages), run(decisions.datagrams)];
  log.close();
  const read = readFaultLog(file.path).decisions;
  assert(read.some(({ message }) => message === 200));
  const again = new Decisions(99, { replay: read });
  assertEquals([run(again.messages), run(again.datagrams)], all);
});

Deno.test("a line of a log about a message is about nothing else", () => {
  using file = temporaryLog();
  file.write(HEAD, { message: 1, ...LINE });
  assertEquals(readFaultLog(file.path).decisions, [{ message: 1, ...LINE }]);
  for (
    const wrong of [
      { message: 1, conn: 1 },
      { message: 1, datagram: 1 },
      { message: 1, datagram: null },
      { message: null },
      { message: "1" },
      { message: -1 },
      { message: 1.5 },
    ]
  ) {
    const good = [HEAD, { message: 1, ...LINE }] as const;
    assertNoDecision(file, good, { ...wrong, ...LINE });
  }
});
