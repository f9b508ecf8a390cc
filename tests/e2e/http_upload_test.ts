import { assert, assertEquals } from "../assert.ts";
import { Digest, noise } from "../client.ts";
import { soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { isInstalled, Program, run } from "./programs.ts";
import { WebProcess } from "./web_process.ts";

const MIB = 2 ** 20;

// Far below the length of an upload, and above what garbage there is.
const MOST_MIB = 128;

const hasCurl = await isInstalled("curl", "--version");
const hasNode = await isInstalled("node", "--version");

/** What an upload has come to. */
interface Upload {
  readonly sent: Digest;
  readonly received: Digest;
  /** How much more memory the server has had than at its start, at most. */
  readonly grownMiB: number;
}

/** Sends that many MiB through curl, whose last one waits for an echo. */
async function upload(
  { server }: WebProcess,
  mebibytes: number,
  ...args: readonly string[]
): Promise<Upload> {
  // With a dot, curl reads on while it prints.
  const flags = ["-sSN", "-T", ".", "-H", "Expect:", ...args];
  await using curl = new Program("curl", flags);
  const [sent, received] = [new Digest(), new Digest()];
  const begun = Promise.withResolvers<void>();
  const before = await server.memoryMiB();
  let most = before;
  const writing = async () => {
    const writer = curl.input.getWriter();
    for (let i = 1; i <= mebibytes; i++) {
      if (i === mebibytes) await begun.promise;
      const part = noise(MIB);
      sent.add(part);
      await writer.write(part);
      most = Math.max(most, await server.memoryMiB());
    }
    await writer.close();
  };
  const reading = async () => {
    for await (const part of curl.output) {
      received.add(part);
      begun.resolve();
    }
  };
  const all = Promise.all([writing(), reading(), curl.end]);
  const [, , { code, stderr }] = await soon(all, "an upload");
  assertEquals(code, 0, stderr);
  return { sent, received, grownMiB: most - before };
}

const NODE_SCRIPT = `
const [url] = process.argv.slice(1);
let controller;
const body = new ReadableStream({ start: (it) => { controller = it; } });
const parts = ["one", "two", "three"].map((text) => Buffer.from(text));
controller.enqueue(parts[0]);
const type = { "content-type": "text/plain" };
const init = { method: "POST", body, duplex: "half", headers: type };
const response = await fetch(url, init);
console.log(response.status, response.headers.get("content-type"));
const reader = response.body.getReader();
for (const next of [...parts.slice(1), null]) {
  console.log(Buffer.from((await reader.read()).value).toString());
  if (next) controller.enqueue(next);
  else controller.close();
}
console.log((await reader.read()).done);
`;

for (const target of TARGETS) {
  Deno.test({
    name:
      `${target.name}: curl -T gets back 256 MiB while it sends them, which the server never holds`,
    ignore: !hasCurl,
    fn: async () => {
      await using web = await WebProcess.start(target);
      const { sent, received, grownMiB } = await upload(web, 256, web.http);
      assertEquals(received.bytes, 256 * MIB);
      assertEquals(received.hex(), sent.hex());
      assert(grownMiB < MOST_MIB, `it has grown by ${grownMiB} MiB`);
      const { bytesIn, bytesOut } = await web.server.waitFor({
        event: "request",
      });
      assertEquals([bytesIn, bytesOut], [256 * MIB, 256 * MIB]);
    },
  });

  Deno.test({
    name: `${target.name}: curl -T gets everything back over TLS`,
    ignore: !hasCurl,
    fn: async () => {
      await using web = await WebProcess.start(target);
      const tls = ["--http2", "--cacert", web.cert];
      const { sent, received } = await upload(web, 32, ...tls, web.https);
      assertEquals(received.bytes, 32 * MIB);
      assertEquals(received.hex(), sent.hex());
    },
  });

  Deno.test({
    name:
      `${target.name}: Node's fetch reads each part before it sends the next`,
    ignore: !hasNode,
    fn: async () => {
      await using web = await WebProcess.start(target);
      const args = ["--input-type=module", "--eval", NODE_SCRIPT, web.http];
      const { code, stdout, stderr } = await run("node", ...args);
      assertEquals([code, stdout.trimEnd().split("\n")], [
        0,
        ["200 text/plain", "one", "two", "three", "true"],
      ], stderr);
    },
  });
}
