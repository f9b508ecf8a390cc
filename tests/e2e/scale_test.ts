import { assert, assertEquals } from "../assert.ts";
import { connect, echoes, peerOf, receiveAll } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";
import { Balancer, type BalancerProgram, HAPROXY, NGINX } from "./balancer.ts";
import { isInstalled, run } from "./programs.ts";
import { adapt, snippet } from "./snippets.ts";
import { SteadyClient } from "./steady_client.ts";

const CLIENTS = 20;
const NEWCOMERS = 20;
const SOME_BYTES = 100_000;

/** A load balancer of the README. */
interface Recipe {
  readonly program: BalancerProgram;
  /** What is around the snippet, so that it runs as a test's own process. */
  readonly frame: (code: string) => string;
  /** What it has at the port that it listens on. */
  readonly port: (port: number) => Readonly<Record<string, string>>;
  /** What it has as the address of a server. */
  readonly server: (port: number, statusPort: number) => string;
  /** What it says once the first server has answered that it drains. */
  readonly notice?: RegExp;
  /** What it would say if it missed the second one. */
  readonly worry?: RegExp;
}

const HAS_HAPROXY = await isInstalled("haproxy", "-v");
const nginxModule = await findNginx();

const RECIPES: Readonly<Record<"haproxy" | "nginx", Recipe>> = {
  haproxy: {
    program: HAPROXY,
    frame: (code) => code,
    port: (port) => ({ "bind :7\n": `bind 127.0.0.1:${port}\n` }),
    server: (port, statusPort) => `127.0.0.1:${port} port ${statusPort}`,
    notice: /Server echo\/one is DOWN, reason: Layer7 .* code: 503/,
    worry: /Server echo\/two is DOWN/,
  },
  nginx: {
    program: NGINX,
    frame: (code) =>
      `${nginxModule} daemon off; master_process off; pid nginx.pid;\n` +
      `error_log stderr; events {}\n${code}`,
    port: (port) => ({ "listen 7;": `listen 127.0.0.1:${port};` }),
    server: (port) => `127.0.0.1:${port}`,
  },
};

/** How nginx comes to its streams; `undefined` if it does not. */
async function findNginx(): Promise<string | undefined> {
  if (!await isInstalled("nginx", "-v")) return undefined;
  const { stderr } = await run("nginx", "-V");
  if (/--with-stream(?!\S)/.test(stderr)) return "";
  const folder = /--modules-path=(\S+)/.exec(stderr)?.[1];
  const file = `${folder}/ngx_stream_module.so`;
  const exists = await Deno.stat(file).then(() => true, () => false);
  if (exists) return `load_module ${file};`;
  console.log("skipped: nginx has no stream module");
  return undefined;
}

/** Starts echod as the README has it behind load balancers. */
async function startServer(target: Target): Promise<ServerProcess> {
  const line = adapt(snippet("At scale", "sh"), {
    "0.0.0.0:9090": "127.0.0.1:0",
    "10.0.0.5": "127.0.0.1",
  });
  const [, token, flags] = /^ECHOD_STATUS_TOKEN=(\S+) echod (.*)$/m.exec(line)!;
  // A busy machine may need more than ten seconds for what this tries.
  const patience = ["--shutdown-timeout", "1m"];
  const server = await ServerProcess.start(
    target,
    [...flags.split(" "), ...patience],
    { env: { ECHOD_STATUS_TOKEN: token } },
  );
  await server.waitFor({ event: "listening", plane: "status" });
  return server;
}

/** Waits until a server that stops lets nobody in any more. */
async function untilClosed(server: ServerProcess): Promise<void> {
  await server.waitFor({ event: "shutdown" });
  await until(async () => {
    try {
      (await connect(server.port)).close();
      return false;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return true;
      throw error;
    }
  }, "a closed port");
}

async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const search = async () => {
    while (!await isSo()) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await soon(search(), what);
}

/** Whether a server's records have a client. */
function isAt(server: ServerProcess, { name }: SteadyClient): boolean {
  return server.all({ event: "connect", client: name }).length > 0;
}

async function visit(port: number): Promise<string> {
  using conn = await connect(port);
  await echoes(conn);
  await conn.closeWrite();
  assertEquals((await receiveAll(conn)).bytes, 0);
  return peerOf(conn);
}

async function tryStop(target: Target, name: keyof typeof RECIPES) {
  const { program, frame, port, server, notice, worry } = RECIPES[name];
  await using one = await startServer(target);
  await using two = await startServer(target);
  const address = ({ port, urls }: ServerProcess) =>
    server(port, Number(urls[1].port));
  await using balancer = await Balancer.start(
    program,
    (own) =>
      frame(adapt(snippet("At scale", name), {
        ...port(own),
        "10.0.0.11:8080": address(one),
        "10.0.0.12:8080": address(two),
      })),
  );
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => SteadyClient.start(balancer.port)),
  );
  await Promise.all(clients.map((client) => client.goesOn(SOME_BYTES)));
  // A log may be read later than the echo.
  await until(
    () => clients.every((client) => isAt(one, client) || isAt(two, client)),
    "records of all clients",
  );
  const leaving = clients.filter((client) => isAt(one, client));
  const staying = clients.filter((client) => isAt(two, client));
  assert(leaving.length > 0 && staying.length > 0, "all are at one server");

  // Its connection keeps the server that stops from being done with it.
  leaving[0].holdOn();
  one.signal("SIGTERM");
  await untilClosed(one);
  for (let count = 0; count < NEWCOMERS; count++) {
    const client = await visit(balancer.port);
    const { reason } = await two.waitFor({ event: "disconnect", client });
    assertEquals(reason, "eof");
  }
  if (notice) await balancer.waitForText(notice);
  await leaving[0].sends(SOME_BYTES);
  for (const client of leaving) {
    assertEquals(await client.finish(), "FIN");
    const record = await one.waitFor({
      event: "disconnect",
      client: client.name,
    });
    assertEquals([record.reason, record.bytesOut], ["shutdown", client.echoed]);
  }
  assertEquals(await one.exitCode(), 0);

  await Promise.all(staying.map((client) => client.goesOn(SOME_BYTES)));
  for (const client of staying) {
    assertEquals(await client.finish(), "FIN");
    assertEquals(client.echoed, client.sent);
    const record = await two.waitFor({
      event: "disconnect",
      client: client.name,
    });
    assertEquals([record.reason, record.bytesIn], ["eof", client.sent]);
  }
  assertEquals(two.all({ reason: "error" }), []);
  if (worry) assert(!worry.test(balancer.stderr), balancer.stderr);
}

for (const target of TARGETS) {
  for (const name of ["haproxy", "nginx"] as const) {
    Deno.test({
      name:
        `${target.name}: one of two behind ${name} is stopped under load, ` +
        "and no byte is lost on the other's connections",
      ignore: name === "haproxy" ? !HAS_HAPROXY : nginxModule === undefined,
      fn: () => tryStop(target, name),
    });
  }
}
