import { setUpFaults } from "../../src/cli/faults.ts";
import { Decisions } from "../../src/faults/decisions.ts";
import type { Log } from "../../src/cli/log.ts";
import { OptionError, PermissionError } from "../../src/errors.ts";
import type { Permission } from "../../src/host.ts";
import type { ServerRecord } from "../../src/records.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { parseServer } from "./parsing.ts";

function temporaryDirectory() {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const remove = () => Deno.removeSync(path, { recursive: true });
  return { path, [Symbol.dispose]: remove };
}

/** Sets up what arguments ask for, where everything else is granted. */
function setUp(argv: readonly string[], denied?: Permission["kind"]) {
  const records: ServerRecord[] = [];
  const log: Log = {
    record: (record) => records.push(record),
    flush: () => Promise.resolve(),
  };
  const runtime = fakeRuntime({ isGranted: ({ kind }) => kind !== denied });
  const setup = setUpFaults(runtime, parseServer(argv).settings, log);
  return { ...setup, records };
}

/** Which of the first 64 connections a fault of even chances hits. */
function hits({ chance }: ReturnType<typeof setUp>): boolean[] {
  const decisions = new Decisions(chance.seed, chance);
  return Array.from(
    { length: 64 },
    (_, i) => decisions.hits(i + 1, 0, { kind: "mute", p: 0.5 }),
  );
}

Deno.test("setUpFaults takes the faults in their order", () => {
  const { faults, close } = setUp([
    ...["--fault", "latency:ms=100", "--fault", "mute:conn=2"],
  ]);
  assertEquals(faults, [
    { kind: "latency", ms: 100 },
    { kind: "mute", conn: 2 },
  ]);
  close();
  assertEquals(setUp([]).faults, []);
});

Deno.test("setUpFaults takes the seed that it is given, or draws one", () => {
  assertEquals(setUp(["--seed", "7"]).chance.seed, 7);
  assertEquals(hits(setUp(["--seed", "7"])), hits(setUp(["--seed", "7"])));
  const seeds = Array.from({ length: 8 }, () => setUp([]).chance.seed);
  assert(new Set(seeds).size > 1);
});

Deno.test("setUpFaults logs a run such that it can be played again", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/faults.log`;
  const argv = ["--fault", "mute:p=0.5", "--seed", "7", "--fault-log", path];
  const run = setUp(argv);
  const [head] = Deno.readTextFileSync(path).split("\n");
  assertEquals(head, '{"seed":7,"faults":[{"kind":"mute","p":0.5}]}');
  const decided = hits(run);
  run.close();
  const replay = setUp(["--fault-replay", path]);
  assertEquals(replay.faults, run.faults);
  assertEquals(replay.chance.seed, 7);
  assertEquals(hits(replay), decided);
  replay.close();
});

Deno.test("setUpFaults logs the seed that it has drawn", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/faults.log`;
  const { chance, close } = setUp(["--fault-log", path]);
  const { seed } = JSON.parse(Deno.readTextFileSync(path));
  assertEquals(seed, chance.seed);
  close();
});

Deno.test("setUpFaults tells once that the log cannot be written any more", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/faults.log`;
  const run = setUp(["--fault-log", path]);
  run.close();
  assertEquals(hits(run).length, 64);
  assertEquals(run.records.map(({ event }) => event), ["error"]);
  const [record] = run.records;
  const message = record.event === "error" ? record.message : "";
  assertMatch(
    message,
    /^Cannot write --fault-log .*\/faults\.log: .+; it ends$/,
  );
});

Deno.test("setUpFaults refuses a replay together with what its file says", () => {
  const others = [
    ["--fault", "mute"],
    ["--seed", "0"],
    ["--fault-log", "/tmp/x"],
  ];
  for (const other of others) {
    assertThrows(
      () => setUp(["--fault-replay", "/tmp/y", ...other]),
      OptionError,
      "Cannot use --fault-replay together with --fault, --seed or --fault-log",
    );
  }
});

Deno.test("setUpFaults says which file cannot be used", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/missing/x`;
  const none = "there is no such file or directory";
  assertThrows(
    () => setUp(["--fault-log", path]),
    OptionError,
    `Cannot write --fault-log ${path}: ${none}`,
  );
  assertThrows(
    () => setUp(["--fault-replay", path]),
    OptionError,
    `Cannot read --fault-replay ${path}: ${none}`,
  );
  const broken = `${directory.path}/broken`;
  Deno.writeTextFileSync(broken, "x");
  assertThrows(
    () => setUp(["--fault-replay", broken]),
    OptionError,
    `Cannot replay ${broken}:1: `,
  );
});

Deno.test("setUpFaults says which permission a file needs", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/x`;
  assertThrows(
    () => setUp(["--fault-log", path], "write"),
    PermissionError,
    `Cannot write --fault-log ${path}: Deno needs -W=${path}`,
  );
  assertThrows(
    () => setUp(["--fault-replay", path], "read"),
    PermissionError,
    `Cannot read --fault-replay ${path}: Deno needs -R=${path}`,
  );
  assertEquals([...Deno.readDirSync(directory.path)], []);
});
