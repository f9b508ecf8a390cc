import { assert, assertEquals, assertMatch } from "../assert.ts";
import { FAULTS, sameBytes } from "../chance.ts";
import { sha256 } from "../client.ts";
import { HTTP, type HttpStack } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";

const CLIENTS = 12;
const BODIES = [1, 10, 100, 900];

/** What a scripted client got on one connection, in hashes. */
async function talk(
  stack: HttpStack,
  server: ServerProcess,
): Promise<string> {
  using client = await stack.dial(server);
  const hashes: string[] = [];
  for (const length of BODIES) {
    const header = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}`;
    await client.send(`${header}\r\n\r\n`, sameBytes(length)).catch(() => {});
    if (!await client.reader.hasMore()) break;
    const { body, isWhole } = await client.cutAnswer();
    hashes.push(`${body.length} ${isWhole} ${sha256(body)}`);
    if (!isWhole) break;
  }
  return hashes.join();
}

/** What is heard and what is decided. */
async function run(
  stack: HttpStack,
  ...flags: readonly string[]
): Promise<{ readonly heard: readonly string[]; readonly log: string }> {
  const path = await Deno.makeTempFile({ prefix: "fault log " });
  try {
    const all = [...FAULTS, "--fault-log", path, ...flags];
    await using server = await stack.start(...all);
    const heard: string[] = [];
    for (let i = 0; i < CLIENTS; i++) heard.push(await talk(stack, server));
    server.signal("SIGTERM");
    await server.exitCode();
    return { heard, log: await Deno.readTextFile(path) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("http: the same seed and client make the same decisions on Deno and Bun", async () => {
  const [deno, bun] = HTTP;
  const first = await run(deno, "--seed", "42");
  assertEquals(await run(bun, "--seed", "42"), first);
  for (const kind of ["corrupt", "latency", "limit_data", "refuse"]) {
    assertMatch(first.log, new RegExp(`"kind":"${kind}"`));
  }
  assert(new Set(first.heard).size > 3, "connections hardly differ");
  for (const stack of HTTP) {
    const other = await run(stack, "--seed", "43");
    assert(
      `${other.heard}` !== `${first.heard}`,
      "the seed makes no difference",
    );
  }
});

Deno.test("http: corrupt flips the same single bits for a seed on Deno and Bun", async () => {
  const sent = sameBytes(60_000);
  const corrupted = async (stack: HttpStack, seed: number) => {
    const flags = ["--fault", "corrupt:rate=0.02", "--seed", `${seed}`];
    await using server = await stack.start(...flags);
    using client = await stack.dial(server);
    return (await client.post("/", sent)).body;
  };
  const [deno, bun] = HTTP;
  const received = await corrupted(deno, 7);
  assertEquals(received.length, sent.length);
  const flipped = [...received].map((byte, i) => byte ^ sent[i])
    .filter((bits) => bits !== 0);
  assert(flipped.every((bits) => (bits & (bits - 1)) === 0));
  const share = flipped.length / sent.length;
  assert(share > 0.015 && share < 0.025, `${share} of the bytes were hit`);
  assertEquals(sha256(await corrupted(bun, 7)), sha256(received));
  assert(sha256(await corrupted(bun, 8)) !== sha256(received));
});
