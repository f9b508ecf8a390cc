import { type Decision, Decisions } from "../../src/faults/decisions.ts";
import { OptionError } from "../../src/errors.ts";
import { checkUse, FaultPlan, plansOf } from "../../src/faults/plan.ts";
import type { Traffic } from "../../src/faults/stage.ts";
import type { Fault } from "../../src/faults/types.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { FakeControl, pieceOf, rowOf } from "./fake_stage.ts";

const IP = "192.0.2.1";

function planOf(...faults: Fault[]) {
  const log: Decision[] = [];
  const decisions = new Decisions(1, {
    log: { write: (decision) => log.push(decision) },
  });
  const plan = new FaultPlan(faults, decisions);
  /** The kinds that hit each of the first six connections. */
  const kinds = (ip = IP) =>
    [1, 2, 3, 4, 5, 6].map((id) =>
      plan.hits(id, ip).map(({ fault }) => fault.kind).join(" ")
    );
  return { plan, log, kinds };
}

Deno.test("a plan without faults hits nobody", () => {
  assertEquals(planOf().kinds(), ["", "", "", "", "", ""]);
});

Deno.test("conn=2 hits the second connection alone", () => {
  const { kinds } = planOf({ kind: "mute", conn: 2 });
  assertEquals(kinds(), ["", "mute", "", "", "", ""]);
});

Deno.test("every=3 hits each third connection", () => {
  const { kinds } = planOf({ kind: "mute", every: 3 });
  assertEquals(kinds(), ["", "", "mute", "", "", "mute"]);
});

Deno.test("several faults hit in their order, each by its own selectors", () => {
  const { kinds } = planOf(
    { kind: "mute", conn: "2-3" },
    { kind: "never_read", peer: "192.0.2.0/24" },
    { kind: "mute", every: 3 },
  );
  assertEquals(kinds().slice(0, 3), [
    "never_read",
    "mute never_read",
    "mute never_read mute",
  ]);
  assertEquals(kinds("::1").slice(0, 3), ["", "mute", "mute mute"]);
});

Deno.test("chance decides about selected connections alone", () => {
  const { kinds, log } = planOf({ kind: "mute", conn: "2-5", p: 0.5 });
  const hit = kinds().flatMap((kind, i) => kind ? [i + 1] : []);
  assertEquals(log.map(({ conn }) => conn), [2, 3, 4, 5]);
  assertEquals(log.filter(({ value }) => value).map(({ conn }) => conn), hit);
});

Deno.test("two faults of one kind are decided apart", () => {
  const { plan } = planOf({ kind: "mute", p: 0.5 }, { kind: "mute", p: 0.5 });
  const counts = Array.from(
    { length: 200 },
    (_, i) => plan.hits(i + 1, IP).length,
  );
  // Were they one, either both or none would hit.
  assert(counts.includes(0) && counts.includes(1) && counts.includes(2));
});

Deno.test("a hit says when it begins", () => {
  const { plan } = planOf(
    { kind: "mute" },
    { kind: "mute", after: "4KiB" },
    { kind: "mute", after: "2s" },
  );
  const begins = plan.hits(1, IP).map(({ after }) => after);
  assertEquals(begins, [{ bytes: 0 }, { bytes: 4096 }, { ms: 2000 }]);
});

Deno.test("a hit puts its fault to work, and its decisions are its own", () => {
  const { plan, log } = planOf(
    { kind: "mute", conn: 9 },
    { kind: "latency", ms: 100, jitter: 20 },
  );
  const [{ start }] = plan.hits(3, IP);
  const { end, abort, abortNow, stopReading, after } = new FakeControl();
  const stage = start({ end, abort, abortNow, stopReading, after });
  const [piece] = stage.pass!(pieceOf("a", 50, 1000));
  const { value, ...rest } = log[1];
  assertEquals(rest, { conn: 3, fault: 1, kind: "latency", offset: 50 });
  assert(value >= 80 && value < 120);
  assertEquals(rowOf(piece), ["a", 50, 1000 + value]);
});

Deno.test("a plan hits with the faults of its traffic alone, in their places", () => {
  const faults: Fault[] = [
    { kind: "mute" },
    { kind: "drop" },
    { kind: "latency", ms: 0 },
    { kind: "reset_peer" },
    { kind: "reorder" },
  ];
  const cases: [
    traffic: Traffic,
    hits: [kind: Fault["kind"], index: number][],
  ][] = [
    ["streams", [["mute", 0], ["latency", 2], ["reset_peer", 3]]],
    ["datagrams", [["drop", 1], ["latency", 2], ["reorder", 4]]],
    ["messages", [["drop", 1]]],
  ];
  for (const [traffic, expected] of cases) {
    const log: Decision[] = [];
    const write = (decision: Decision) => log.push(decision);
    const decisions = new Decisions(1, { log: { write } });
    const plan = new FaultPlan(faults, decisions, traffic);
    const kinds = plan.hits(1, IP).map(({ fault }) => fault.kind);
    assertEquals(kinds, expected.map(([kind]) => kind));
    // Each by its place among all faults, so that a log is clear about it.
    assertEquals(log.map(({ kind, fault }) => [kind, fault]), expected);
  }
});

Deno.test("a plan is empty without a fault of its traffic", () => {
  const cases: [
    faults: Fault[],
    streams: boolean,
    datagrams: boolean,
    messages: boolean,
  ][] = [
    [[], true, true, true],
    [[{ kind: "mute" }], false, true, true],
    [[{ kind: "reorder" }], true, false, true],
    [[{ kind: "drop" }], true, false, false],
    [[{ kind: "drop" }, { kind: "mute" }], false, false, false],
    [[{ kind: "latency", ms: 1 }], false, false, true],
    [[{ kind: "drop", p: 0 }], true, false, false],
  ];
  for (const [faults, ...expected] of cases) {
    const plans = plansOf(faults, new Decisions(1));
    const { streams, datagrams, messages } = plans;
    const isEmpty = [streams, datagrams, messages].map((plan) => plan.isEmpty);
    assertEquals(isEmpty, expected, JSON.stringify(faults));
  }
});

Deno.test("plansOf has each plan decide about its own numbers", () => {
  const log: Decision[] = [];
  const decisions = new Decisions(1, {
    log: { write: (decision) => log.push(decision) },
  });
  const plans = plansOf([{ kind: "mute" }, { kind: "drop" }], decisions);
  for (const plan of Object.values(plans)) plan.hits(4, IP);
  const subjects = log.map(({ conn, datagram, message, kind }) => ({
    ...{ conn, datagram, message, kind },
  }));
  const nobody = { conn: undefined, datagram: undefined, message: undefined };
  assertEquals(subjects, [
    { ...nobody, conn: 4, kind: "mute" },
    { ...nobody, datagram: 4, kind: "drop" },
    { ...nobody, message: 4, kind: "drop" },
  ]);
});

Deno.test("checkUse refuses a fault that no listener has anything for", () => {
  const mute: Fault = { kind: "mute" };
  const [drop, both]: Fault[] = [{ kind: "drop" }, { kind: "corrupt" }];
  const cases: [faults: Fault[], traffic: Traffic[], complaint?: string][] = [
    [[], ["streams"]],
    [[], ["datagrams"]],
    [[mute, both], ["streams"]],
    [[drop, both], ["datagrams"]],
    [[mute, drop, both], ["streams", "datagrams"]],
    [[drop, mute, both], ["streams", "messages"]],
    [
      [drop, { kind: "reorder" }],
      ["streams", "messages"],
      "Cannot use fault reorder: it is for datagrams, " +
      "and the listeners take streams and messages alone",
    ],
    [
      [both, drop, mute],
      ["streams"],
      "Cannot use fault drop: it is for datagrams and messages, " +
      "and the listeners take streams alone",
    ],
    [
      [both, drop, mute],
      ["datagrams"],
      "Cannot use fault mute: it is for streams, " +
      "and the listeners take datagrams alone",
    ],
  ];
  for (const [faults, traffic, complaint] of cases) {
    const check = () => checkUse(faults, new Set(traffic));
    if (complaint) assertThrows(check, OptionError, complaint);
    else check();
  }
});
