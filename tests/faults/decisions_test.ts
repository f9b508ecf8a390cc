import { OptionError } from "../../src/errors.ts";
import {
  type Decision,
  Decisions,
  FaultLogFile,
  type FaultLogHead,
  readFaultLog,
} from "../../src/faults/decisions.ts";
import { draw } from "../../src/faults/random.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const HEAD: FaultLogHead = {
  seed: 7,
  faults: [{ kind: "corrupt", rate: 0.5, p: 0.5 }],
};

const HIT: Decision = {
  conn: 1,
  fault: 0,
  kind: "corrupt",
  offset: null,
  value: 1,
};

function temporaryFile() {
  const path = Deno.makeTempFileSync({ prefix: "echod-test-" });
  const lines = () => Deno.readTextFileSync(path).split("\n");
  const write = (...lines: string[]) =>
    Deno.writeTextFileSync(path, lines.join("\n"));
  const remove = () => Deno.removeSync(path);
  return { path, lines, write, [Symbol.dispose]: remove };
}

function logged(seed = 7) {
  const log: Decision[] = [];
  const decisions = new Decisions(seed, {
    log: { write: (decision) => log.push(decision) },
  });
  return { decisions, log };
}

/** All that a run of two connections decides. */
function run(decisions: Decisions): (number | boolean | undefined)[] {
  const decided: (number | boolean | undefined)[] = [];
  for (const conn of [1, 2, 3, 4]) {
    decided.push(decisions.hits(conn, 0, { kind: "corrupt", p: 0.5 }));
    for (let offset = 0; offset < 20; offset++) {
      const choose = (chance: number) =>
        chance < 0.5 ? Math.floor(chance * 16) : undefined;
      decided.push(decisions.decide(conn, 0, "corrupt", offset, choose));
    }
  }
  return decided;
}

Deno.test("Decisions leaves a decision to a number that its keys draw", () => {
  const { decisions, log } = logged();
  const chance = decisions.decide(1, 2, "latency", 300, (chance) => chance);
  assertEquals(chance, draw(7, 1, 2, 300));
  assertEquals(decisions.seed, 7);
  assertEquals(log, [
    { conn: 1, fault: 2, kind: "latency", offset: 300, value: chance ?? -1 },
  ]);
});

Deno.test("Decisions depend on the seed, and on nothing that came before", () => {
  const all = run(new Decisions(7));
  assert(all.includes(true) && all.includes(false) && all.includes(undefined));
  const again = new Decisions(7);
  run(again);
  assertEquals(run(again), all);
  assert(JSON.stringify(run(new Decisions(8))) !== JSON.stringify(all));
});

Deno.test("a decision to do nothing to a byte is not logged, one about a hit is", () => {
  const { decisions, log } = logged();
  assertEquals(
    decisions.decide(1, 0, "corrupt", 5, () => undefined),
    undefined,
  );
  assertEquals(log, []);
  assertEquals(decisions.hits(1, 0, { kind: "mute", p: 0 }), false);
  assertEquals(decisions.hits(2, 0, { kind: "mute" }), true);
  assertEquals(log, [
    { conn: 1, fault: 0, kind: "mute", offset: null, value: 0 },
    { conn: 2, fault: 0, kind: "mute", offset: null, value: 1 },
  ]);
});

Deno.test("p=0 hits nobody in a million, p=1 everybody, p=0.1 a tenth", () => {
  const decisions = new Decisions(1);
  const hits = (p?: number) => {
    let count = 0;
    for (let conn = 1; conn <= 1_000_000; conn++) {
      if (decisions.hits(conn, 0, { kind: "mute", p })) count++;
    }
    return count;
  };
  assertEquals(hits(0), 0);
  assertEquals(hits(1), 1_000_000);
  assertEquals(hits(), 1_000_000);
  const tenth = hits(0.1);
  assert(tenth > 98_000 && tenth < 102_000, `${tenth}`);
});

Deno.test("p=0 hits nobody even at the lowest chance, p=1 everybody at the highest", () => {
  class Fixed extends Decisions {
    chance = 0;

    override decide(...[, , , , choose]: Parameters<Decisions["decide"]>) {
      return choose(this.chance);
    }
  }
  const decisions = new Fixed(1);
  assertEquals(decisions.hits(1, 0, { kind: "mute", p: 0 }), false);
  assertEquals(decisions.hits(1, 0, { kind: "mute", p: 2 ** -32 }), true);
  decisions.chance = 1 - 2 ** -32;
  assertEquals(decisions.hits(1, 0, { kind: "mute", p: 1 }), true);
  assertEquals(decisions.hits(1, 0, { kind: "mute", p: 0.999 }), false);
});

Deno.test("a replay decides what was decided, whatever its seed", () => {
  const { decisions, log } = logged();
  const all = run(decisions);
  assertEquals(run(new Decisions(99, { replay: log })), all);
});

Deno.test("a replay goes on by its seed where its log ends", () => {
  const { decisions, log } = logged();
  const all = run(decisions);
  const half = log.filter(({ conn = 0 }) => conn < 3);
  assert(half.length > 0 && half.length < log.length);
  assertEquals(run(new Decisions(7, { replay: half })), all);
  assertEquals(run(new Decisions(7, { replay: [] })), all);
});

Deno.test("a replay spares the bytes of a connection that were spared then", () => {
  const replay = new Decisions(7, { replay: [HIT, { ...HIT, offset: 5 }] });
  const decide = (conn: number, offset: number) =>
    replay.decide(conn, 0, "corrupt", offset, () => 3);
  assertEquals([decide(1, 4), decide(1, 5)], [undefined, 1]);
  assertEquals([decide(2, 4), decide(2, 5)], [3, 3]);
  // A chunk may be cut elsewhere than then, and is delayed all the same.
  assertEquals(replay.decide(1, 0, "latency", 4, () => 100), 100);
});

Deno.test("FaultLogFile begins with its head and writes each decision at once", () => {
  using file = temporaryFile();
  file.write("an old file ".repeat(100));
  const log = new FaultLogFile(file.path, HEAD, () => {});
  assertEquals(file.lines(), [JSON.stringify(HEAD), ""]);
  log.write(HIT);
  assertEquals(file.lines().slice(1), [
    '{"conn":1,"fault":0,"kind":"corrupt","offset":null,"value":1}',
    "",
  ]);
  log.close();
});

Deno.test("FaultLogFile tells once that it cannot write, and goes on without", () => {
  using file = temporaryFile();
  const errors: unknown[] = [];
  const log = new FaultLogFile(file.path, HEAD, (error) => errors.push(error));
  // As a full disk would, a closed file refuses to be written to.
  log.close();
  log.write(HIT);
  log.write(HIT);
  assertEquals(errors.length, 1);
  assert(errors[0] instanceof Error);
  assertEquals(file.lines(), [JSON.stringify(HEAD), ""]);
});

Deno.test("FaultLogFile throws where there is no directory", () => {
  using file = temporaryFile();
  const open = () => new FaultLogFile(`${file.path}/x`, HEAD, () => {});
  assertThrows(open, Error, "ENOTDIR");
});

Deno.test("readFaultLog gives back what was written", () => {
  using file = temporaryFile();
  const log = new FaultLogFile(file.path, HEAD, () => {});
  const flip: Decision = { ...HIT, offset: 2 ** 40, value: 3 };
  for (const decision of [HIT, flip]) log.write(decision);
  log.close();
  const decisions = [HIT, flip];
  assertEquals(readFaultLog(file.path), { ...HEAD, decisions });
});

Deno.test("a run can be played again from its file", () => {
  using file = temporaryFile();
  const log = new FaultLogFile(file.path, HEAD, () => {});
  const all = run(new Decisions(HEAD.seed, { log }));
  log.close();
  const { seed, decisions } = readFaultLog(file.path);
  assertEquals(run(new Decisions(seed, { replay: decisions })), all);
});

Deno.test("readFaultLog names the line that is broken", () => {
  using file = temporaryFile();
  file.write(JSON.stringify(HEAD), JSON.stringify(HIT), '{"conn":1,"fau');
  const read = () => readFaultLog(file.path);
  assertThrows(read, OptionError, `Cannot replay ${file.path}:3: `);
  file.write("no JSON");
  const message = "expected JSON, as --fault-log writes it";
  assertThrows(read, OptionError, `Cannot replay ${file.path}:1: ${message}`);
  file.write(JSON.stringify(HEAD), "", "no JSON");
  assertThrows(read, OptionError, `Cannot replay ${file.path}:3: `);
});

Deno.test("readFaultLog names the line that is no decision", () => {
  using file = temporaryFile();
  const { conn: _, ...nobody } = HIT;
  const wrong = [null, 1, [], {}, HEAD, nobody, { ...HIT, value: "1" }];
  for (const line of wrong) {
    file.write(...[HEAD, HIT, line].map((line) => JSON.stringify(line)));
    const read = () => readFaultLog(file.path);
    assertThrows(read, OptionError, `Cannot replay ${file.path}:3: `);
  }
});

Deno.test("readFaultLog refuses a file that is no fault log", () => {
  using file = temporaryFile();
  for (const head of ["", "null", "1", "{}", '{"seed": 1}', '{"faults": []}']) {
    file.write(head);
    const read = () => readFaultLog(file.path);
    assertThrows(read, OptionError, `Cannot replay ${file.path}:`);
    assertThrows(read, OptionError, "a file that --fault-log has written");
  }
});

Deno.test("readFaultLog checks the faults", () => {
  using file = temporaryFile();
  file.write('{"seed": 1, "faults": [{"kind": "latncy"}]}');
  const read = () => readFaultLog(file.path);
  assertThrows(read, OptionError, `Cannot replay ${file.path}:1: `);
  assertThrows(read, OptionError, "did you mean latency?");
});
