import { randomBytes } from "node:crypto";
import { assertEquals } from "../assert.ts";
import { sha256 } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { outputOf, TARGETS } from "../targets.ts";
import { stacksOn, type Transport } from "../transports.ts";

/** Where a server is. */
interface Place {
  readonly port: number;
  /** The file of its socket. */
  readonly path: string;
  /** The file of its certificate. */
  readonly cert: string;
}

/** A program that sends its input to a server and prints what comes back. */
interface Client {
  readonly name: string;
  readonly probe: readonly string[];
  readonly transport: Transport["name"];
  readonly command: (place: Place) => readonly string[];
  /** Whether it never ends its side, so that the server has to. */
  readonly neverEnds?: true;
}

const NET_SCRIPT = `
const socket = require("node:net").connect(+process.argv[1], "127.0.0.1");
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

const TLS_SCRIPT = `
const socket = require("node:tls").connect({
  port: +process.argv[1],
  host: "127.0.0.1",
  ca: require("node:fs").readFileSync(process.argv[2]),
  allowHalfOpen: true,
});
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

const CLIENTS: readonly Client[] = [
  {
    name: "nc",
    probe: ["nc", "-h"],
    transport: "tcp",
    command: ({ port }) => ["nc", "-N", "127.0.0.1", `${port}`],
  },
  {
    name: "ncat",
    probe: ["ncat", "--version"],
    transport: "tcp",
    command: ({ port }) => ["ncat", "127.0.0.1", `${port}`],
  },
  {
    name: "socat",
    probe: ["socat", "-V"],
    transport: "tcp",
    command: ({ port }) => ["socat", "-t60", "-", `TCP:127.0.0.1:${port}`],
  },
  {
    // Telnet has no end of stream: the server has to end the connection.
    name: "curl telnet://",
    probe: ["curl", "--version"],
    transport: "tcp",
    command: ({ port }) => ["curl", "-sN", `telnet://127.0.0.1:${port}`],
    neverEnds: true,
  },
  {
    name: "Node's net",
    probe: ["node", "--version"],
    transport: "tcp",
    command: ({ port }) => ["node", "-e", NET_SCRIPT, `${port}`],
  },
  {
    // It leaves at once when its input ends, unless it is told to ignore that.
    name: "openssl s_client",
    probe: ["openssl", "version"],
    transport: "tls",
    command: ({ port, cert }) => [
      ...["openssl", "s_client", "-quiet", "-verify_return_error"],
      ...["-CAfile", cert, "-verify_hostname", "localhost"],
      ...["-connect", `127.0.0.1:${port}`],
    ],
    neverEnds: true,
  },
  {
    name: "ncat --ssl",
    probe: ["ncat", "--version"],
    transport: "tls",
    command: ({ port, cert }) => [
      ...["ncat", "--ssl-verify", "--ssl-trustfile", cert],
      ...["localhost", "-4", `${port}`],
    ],
  },
  {
    name: "socat OPENSSL",
    probe: ["socat", "-V"],
    transport: "tls",
    command: ({ port, cert }) => [
      ...["socat", "-t60", "-"],
      `OPENSSL:127.0.0.1:${port},cafile=${cert},commonname=localhost`,
    ],
  },
  {
    name: "Node's tls",
    probe: ["node", "--version"],
    transport: "tls",
    command: ({ port, cert }) => ["node", "-e", TLS_SCRIPT, `${port}`, cert],
  },
  {
    name: "nc -U",
    probe: ["nc", "-h"],
    transport: "unix",
    command: ({ path }) => ["nc", "-N", "-U", path],
  },
  {
    name: "ncat -U",
    probe: ["ncat", "--version"],
    transport: "unix",
    command: ({ path }) => ["ncat", "-U", path],
  },
  {
    name: "socat UNIX-CONNECT",
    probe: ["socat", "-V"],
    transport: "unix",
    command: ({ path }) => ["socat", "-t60", "-", `UNIX-CONNECT:${path}`],
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
    stderr: "piped",
  }).spawn();
  const complaints = child.stderr.text();
  const output = child.stdout.bytes();
  const writer = child.stdin.getWriter();
  const writing = writer.write(input).then(() => writer.close());
  const all = Promise.all([writing, output, child.status]);
  // Not all of them end at SIGTERM while they wait.
  const [_, bytes, { code }] = await soon(all, `the end of ${command}`).finally(
    () => kill(child),
  );
  assertEquals(code, 0, `${command}: ${await complaints}`);
  return bytes;
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function installedOf(client: Client): Promise<boolean> {
  const installed = await isInstalled(client);
  if (!installed) console.warn(`skipped: ${client.name} is not installed`);
  return installed;
}

// Text, since Telnet gives some bytes a meaning of its own.
function text(): Uint8Array<ArrayBuffer> {
  const line = randomBytes(150_000).toString("base64") + "\n";
  return new TextEncoder().encode(line);
}

for (const client of CLIENTS) {
  const ignore = !await installedOf(client);
  for (const stack of stacksOn(client.transport)) {
    Deno.test({
      name: `${stack.name}: ${client.name} gets back what it sends`,
      ignore,
      fn: async () => {
        const input = text();
        const flags = client.neverEnds
          ? ["--max-bytes", `${input.length}`]
          : [];
        await using server = await stack.start(...flags);
        const { port, directory } = server;
        const command = client.command({
          port,
          path: `${directory}/echo.sock`,
          cert: `${directory}/cert.pem`,
        });
        const output = await pass(command, input);
        assertEquals(output.length, input.length);
        assertEquals(sha256(output), sha256(input));
        const { reason } = await server.waitFor({ event: "disconnect" });
        assertEquals(reason, client.neverEnds ? "max-bytes" : "eof");
      },
    });
  }
}

const SOCAT: Client = {
  name: "socat ABSTRACT-CONNECT",
  probe: ["socat", "-V"],
  transport: "unix",
  command: ({ path }) => ["socat", "-t60", "-", `ABSTRACT-CONNECT:${path}`],
};
const hasAbstract = await installedOf(SOCAT) && Deno.build.os === "linux";

for (const target of TARGETS) {
  Deno.test({
    name: `${target.name}, unix: ${SOCAT.name} gets back what it sends`,
    ignore: !hasAbstract,
    fn: async () => {
      const input = text();
      const path = `echod-test-${crypto.randomUUID()}`;
      const flags = ["--listen", `unix:@${path}`];
      await using server = await ServerProcess.start(target, flags);
      const output = await pass(
        SOCAT.command({ port: 0, path, cert: "" }),
        input,
      );
      assertEquals(sha256(output), sha256(input));
      const { reason } = await server.waitFor({ event: "disconnect" });
      assertEquals(reason, "eof");
    },
  });
}
