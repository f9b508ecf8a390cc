import {
  type Decider,
  type Decision,
  Decisions,
  FaultLogFile,
  readFaultLog,
} from "../../src/faults/decisions.ts";
import { assert, assertEquals } from "../assert.ts";
import { assertNoDecision, temporaryLog } from "./decision_log.ts";

const HEAD = { seed: 7, faults: [{ kind: "corrupt", p: 0.5 }] } as const;
const LINE = { fault: 0, kind: "corrupt", offset: null, value: 1 } as const;

function logged(seed = 7) {
  const log: Decision[] = [];
  const write = (decision: Decision) => log.push(decision);
  return { decisions: new Decisions(seed, { log: { write } }), log };
}

/** All that is decided about the first forty. */
function run(decider: Decider): (number | boolean | undefined)[] {
  return Array.from({ length: 40 }, (_, i) => i + 1).flatMap((id) => [
    decider.hits(id, 0, HEAD.faults[0]),
    ...[0, 1, 2, 3].map((offset) =>
      decider.decide(
        id,
        0,
        "corrupt",
        offset,
        (chance) => chance < 0.5 ? Math.floor(chance * 16) : undefined,
      )
    ),
  ]);
}

Deno.test("datagrams have numbers of their own, and chances of their own", () => {
  const { decisions, log } = logged();
  assertEquals(decisions.hits(1, 0, { kind: "corrupt" }), true);
  assertEquals(decisions.datagrams.hits(1, 0, { kind: "corrupt" }), true);
  decisions.datagrams.decide(2, 3, "latency", 0, () => 5);
  assertEquals(log, [
    { conn: 1, ...LINE },
    { datagram: 1, ...LINE },
    { datagram: 2, fault: 3, kind: "latency", offset: 0, value: 5 },
  ]);
  const [streams, datagrams] = [decisions, decisions.datagrams].map(run);
  assert(streams.some((decided, i) => decided !== datagrams[i]));
  assert(datagrams.includes(true) && datagrams.includes(false));
  assertEquals(run(new Decisions(7).datagrams), datagrams);
  assert(run(new Decisions(8).datagrams).join() !== datagrams.join());
});

Deno.test("a replay keeps connections and datagrams of one number apart", () => {
  const replay: Decision[] = [
    { conn: 1, ...LINE, value: 0 },
    { datagram: 1, ...LINE, value: 1 },
    { datagram: 2, ...LINE, value: 0 },
  ];
  const decisions = new Decisions(7, { replay });
  const hits = (decider: Decider, id: number) =>
    [0, 1].map((p) => decider.hits(id, 0, { kind: "corrupt", p }));
  assertEquals(hits(decisions, 1), [false, false]);
  assertEquals(hits(decisions.datagrams, 1), [true, true]);
  assertEquals(hits(decisions.datagrams, 2), [false, false]);
  // Nothing is known of these.
  assertEquals(hits(decisions, 2), [false, true]);
  assertEquals(hits(decisions.datagrams, 3), [false, true]);
});

Deno.test("a replay spares the bytes of a datagram that were spared then", () => {
  const replay: Decision[] = [
    { datagram: 1, ...LINE },
    { datagram: 1, ...LINE, offset: 5 },
  ];
  const decisions = new Decisions(7, { replay });
  const decide = (decider: Decider, id: number, offset: number) =>
    decider.decide(id, 0, "corrupt", offset, () => 3);
  const { datagrams } = decisions;
  assertEquals([decide(datagrams, 1, 4), decide(datagrams, 1, 5)], [
    undefined,
    1,
  ]);
  assertEquals([decide(datagrams, 2, 4), decide(decisions, 1, 4)], [3, 3]);
});

Deno.test("a run with datagrams can be played again from its file", () => {
  using file = temporaryLog();
  const log = new FaultLogFile(file.path, HEAD, () => {});
  const decisions = new Decisions(HEAD.seed, { log });
  const all = [run(decisions.datagrams), run(decisions)];
  log.close();
  const read = readFaultLog(file.path).decisions;
  assert(read.some(({ datagram }) => datagram === 40));
  const again = new Decisions(99, { replay: read });
  assertEquals([run(again.datagrams), run(again)], all);
});

Deno.test("a line of a log is about a connection or a datagram, not both", () => {
  using file = temporaryLog();
  const read = () => readFaultLog(file.path);
  for (const good of [{ conn: 1 }, { datagram: 1 }]) {
    file.write(HEAD, { ...good, ...LINE });
    assertEquals(read().decisions, [{ ...good, ...LINE }]);
  }
  for (
    const wrong of [
      { conn: 1, datagram: 1 },
      { conn: 0, datagram: 0 },
      { conn: null, datagram: 1 },
      {},
      { conn: null },
      { datagram: null },
      { datagram: "1" },
      { datagram: -1 },
      { datagram: 1.5 },
    ]
  ) {
    const good = [HEAD, { conn: 1, ...LINE }] as const;
    assertNoDecision(file, good, { ...wrong, ...LINE });
  }
});
