import { randomBytes } from "node:crypto";
import { assertEquals } from "../assert.ts";
import { sha256 } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { outputOf, TARGETS } from "../targets.ts";

/** A program that sends its input to a server and prints what comes back. */
interface Client {
  readonly name: string;
  readonly probe: readonly string[];
  readonly command: (port: number) => readonly string[];
  /** Whether it never ends its side, so that the server has to. */
  readonly neverEnds?: true;
}

const NODE_SCRIPT = `
const socket = require("node:net").connect(+process.argv[1], "127.0.0.1");
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

const CLIENTS: readonly Client[] = [
  {
    name: "nc",
    probe: ["nc", "-h"],
    command: (port) => ["nc", "-N", "127.0.0.1", `${port}`],
  },
  {
    name: "ncat",
    probe: ["ncat", "--version"],
    command: (port) => ["ncat", "127.0.0.1", `${port}`],
  },
  {
    name: "socat",
    probe: ["socat", "-V"],
    command: (port) => ["socat", "-t60", "-", `TCP:127.0.0.1:${port}`],
  },
  {
    // Telnet has no end of stream: the server has to end the connection.
    name: "curl telnet://",
    probe: ["curl", "--version"],
    command: (port) => ["curl", "-sN", `telnet://127.0.0.1:${port}`],
    neverEnds: true,
  },
  {
    name: "Node's net",
    probe: ["node", "--version"],
    command: (port) => ["node", "-e", NODE_SCRIPT, `${port}`],
  },
];

async function isInstalled({ probe: [command, ...args] }: Client) {
  try {
    await outputOf(command, args);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Feeds a program and collects what it prints. */
async function pass(
  [command, ...args]: readonly string[],
  input: Uint8Array,
): Promise<Uint8Array> {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.bytes();
  const writer = child.stdin.getWriter();
  await writer.write(input);
  await writer.close();
  const bytes = await output;
  assertEquals((await child.status).code, 0, `${command}'s exit code`);
  return bytes;
}

for (const client of CLIENTS) {
  const installed = await isInstalled(client);
  if (!installed) console.warn(`skipped: ${client.name} is not installed`);
  for (const target of TARGETS) {
    Deno.test({
      name: `${target.name}: ${client.name} gets back what it sends`,
      ignore: !installed,
      fn: async () => {
        // Text, since Telnet gives some bytes a meaning of its own.
        const input = new TextEncoder().encode(
          randomBytes(150_000).toString("base64") + "\n",
        );
        const flags = client.neverEnds
          ? ["--max-bytes", `${input.length}`]
          : [];
        await using server = await ServerProcess.start(target, flags);
        const output = await pass(client.command(server.port), input);
        assertEquals(output.length, input.length);
        assertEquals(sha256(output), sha256(input));
        const { reason } = await server.waitFor({ event: "disconnect" });
        assertEquals(reason, client.neverEnds ? "max-bytes" : "eof");
      },
    });
  }
}
