import { assert, assertEquals, assertMatch } from "../assert.ts";
import { FAULTS, sameBytes } from "../chance.ts";
import { connect, receive, send, sha256 } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";

const KIB = 1024;
const CLIENTS = 12;
const MESSAGES = [1, 10, 100, 1000];

/** What a scripted client got on each of its connections, in hashes. */
async function play({ port }: ServerProcess): Promise<string[]> {
  const heard: string[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    using conn = await connect(port);
    heard.push(await talk(conn));
  }
  return heard;
}

// Answer by answer, so that the server reads the same pieces every time.
async function talk(conn: Deno.Conn): Promise<string> {
  const hashes: string[] = [];
  try {
    for (const length of MESSAGES) {
      await send(conn, sameBytes(length));
      const answer = await receive(conn, length);
      hashes.push(`${answer.length} ${sha256(answer)}`);
      if (answer.length < length) break;
    }
  } catch {
    hashes.push("gone");
  }
  // A client that is refused may hear of it here or there.
  return hashes.filter((hash) => !/^0 |gone/.test(hash)).join();
}

interface Run {
  /** What the client got. */
  readonly heard: readonly string[];
  /** The seed in the `listening` record. */
  readonly seed: unknown;
}

async function run(target: Target, ...flags: string[]): Promise<Run> {
  await using server = await ServerProcess.start(target, flags);
  const { seed } = await server.waitFor({ event: "listening" });
  return { heard: await play(server), seed };
}

async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "fault log " });
  try {
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

for (const target of TARGETS) {
  Deno.test(`${target.name}: a seed that is drawn is on record and repeats the run`, async () => {
    await withFile(async (path) => {
      const first = await run(target, ...FAULTS, "--fault-log", path);
      const log = await Deno.readTextFile(path);
      assert(Number.isInteger(first.seed), `${first.seed}`);
      assertEquals(JSON.parse(log.split("\n")[0]).seed, first.seed);

      const drawn = await run(target, ...FAULTS);
      assert(drawn.seed !== first.seed, "two runs drew the same seed");

      const flags = ["--seed", `${first.seed}`, "--fault-log", path];
      assertEquals(await run(target, ...FAULTS, ...flags), first);
      assertEquals(await Deno.readTextFile(path), log);
    });
  });

  Deno.test(`${target.name}: a server without faults has no seed on record`, async () => {
    await using server = await ServerProcess.start(target, ["--seed", "5"]);
    assert(!("seed" in await server.waitFor({ event: "listening" })));
  });

  Deno.test(`${target.name}: --fault-replay does again what was decided, whatever the seed`, async () => {
    await withFile(async (path) => {
      const flags = [...FAULTS, "--seed", "1", "--fault-log", path];
      const { heard } = await run(target, ...flags);
      const replayed = await run(target, "--fault-replay", path);
      assertEquals(replayed, { heard, seed: 1 });

      const other = await run(target, ...FAULTS, "--seed", "2");
      assert(`${other.heard}` !== `${heard}`, "the seed makes no difference");

      const log = await Deno.readTextFile(path);
      assertMatch(log, /^\{"seed":1,/);
      await Deno.writeTextFile(path, log.replace('"seed":1,', '"seed":2,'));
      const reseeded = await run(target, "--fault-replay", path);
      assertEquals(reseeded, { heard, seed: 2 });
    });
  });

  Deno.test(`${target.name}: --fault-replay stands alone, and its file must be one`, async () => {
    await withFile(async (path) => {
      await Deno.writeTextFile(path, '{"seed":1,"faults":[]}\n{"conn":\n');
      const cases: readonly [flags: string[], complaint: RegExp][] = [
        [["--fault", "mute"], /--fault-replay together with --fault/],
        [["--seed", "1"], /--fault-replay together with --fault, --seed/],
        [["--fault-log", `${path}.new`], /--fault-replay together with/],
        [[], /Cannot replay .*fault log .*:2: /],
      ];
      for (const [flags, complaint] of cases) {
        const all = ["--fault-replay", path, ...flags];
        await using server = ServerProcess.spawn(target, all);
        assertEquals(await server.exitCode(), 2);
        assertMatch(server.stderr, complaint);
      }
    });
  });

  Deno.test(`${target.name}: --fault-replay of a file that is not there is wrong usage`, async () => {
    const flags = ["--fault-replay", "no/such.jsonl"];
    await using server = ServerProcess.spawn(target, flags);
    assertEquals(await server.exitCode(), 2);
    assertMatch(
      server.stderr,
      /Cannot read --fault-replay no\/such\.jsonl: there/,
    );
  });
}

Deno.test("the same seed and client make the same decisions on Deno and Bun", async () => {
  const runs: { readonly log: string; readonly heard: readonly string[] }[] =
    [];
  for (const target of TARGETS) {
    await withFile(async (path) => {
      const flags = [...FAULTS, "--seed", "42", "--fault-log", path];
      const { heard } = await run(target, ...flags);
      runs.push({ log: await Deno.readTextFile(path), heard });
    });
  }
  const [deno, bun] = runs;
  assertEquals(bun, deno);
  // Or else this would compare nothing with nothing.
  for (const kind of ["corrupt", "latency", "limit_data", "refuse"]) {
    assertMatch(deno.log, new RegExp(`"kind":"${kind}","offset":null`));
  }
  assertMatch(deno.log, /"kind":"corrupt","offset":\d+,"value":[0-7]\}/);
  assertMatch(deno.log, /"kind":"latency","offset":11,"value":\d/);
  assert(new Set(deno.heard).size > 3, "connections hardly differ");
});

Deno.test("a log that Deno has written replays on Bun, and the other way round", async () => {
  for (const [writer, reader] of [TARGETS, [...TARGETS].reverse()]) {
    await withFile(async (path) => {
      const flags = [...FAULTS, "--fault-log", path];
      const written = await run(writer, ...flags);
      assertEquals(await run(reader, "--fault-replay", path), written);
    });
  }
});

Deno.test("corrupt flips single bits, the same for a seed on both runtimes", async () => {
  const sent = sameBytes(64 * KIB);
  const corrupted = async (target: Target, seed: number) => {
    const flags = ["--fault", "corrupt:rate=0.02", "--seed", `${seed}`];
    await using server = await ServerProcess.start(target, flags);
    using conn = await connect(server.port);
    await send(conn, sent);
    return await receive(conn, sent.length);
  };
  const [deno, bun] = TARGETS;
  const received = await corrupted(deno, 7);
  assertEquals(received.length, sent.length);
  const flipped = [...received].map((byte, i) => byte ^ sent[i])
    .filter((bits) => bits !== 0);
  assertEquals(
    [...new Set(flipped)].sort((a, b) => a - b),
    [1, 2, 4, 8, 16, 32, 64, 128],
  );
  const share = flipped.length / sent.length;
  assert(share > 0.015 && share < 0.025, `${share} of the bytes were hit`);
  for (const target of [deno, bun]) {
    assertEquals(sha256(await corrupted(target, 7)), sha256(received));
    assert(sha256(await corrupted(target, 8)) !== sha256(received));
  }
});

Deno.test("p hits its share of connections, and p=0 nobody", async () => {
  const flags = ["--fault", "limit_data:bytes=1,p=0.25", "--seed", "3"];
  const hits = async (target: Target, ...more: string[]) => {
    const all = [...flags, ...more];
    await using server = await ServerProcess.start(target, all);
    let hits = 0;
    for (let i = 0; i < 100; i++) {
      using conn = await connect(server.port);
      await send(conn, sameBytes(2));
      const { length } = await receive(conn, 2);
      assert(length > 0);
      if (length === 1) hits++;
    }
    return hits;
  };
  const nobody = ["--fault", "limit_data:bytes=0,p=0"];
  const [deno, bun] = [
    await hits(TARGETS[0], ...nobody),
    await hits(TARGETS[1], ...nobody),
  ];
  assertEquals(deno, bun);
  assert(deno > 10 && deno < 40, `${deno} of 100 were hit`);
});
