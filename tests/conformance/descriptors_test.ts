import { setTimeout as delay } from "node:timers/promises";
import { connect as nodeConnect, type Socket } from "node:net";
import { assert } from "../assert.ts";
import { connect, echoes } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";

const OPEN_FILES = 80;
const CLIENTS = 200;
const WATCHED_MS = 2000;

/** Tries to open a connection; what becomes of it does not matter. */
function knock(port: number): Socket {
  return nodeConnect({ port, host: "127.0.0.1" }).on("error", () => {})
    .resume();
}

/** Gives the connection up, unless the server has already ended it. */
async function leave(socket: Socket): Promise<void> {
  if (socket.closed) return;
  await new Promise((resolve) => socket.once("close", resolve).destroy());
}

/** Asks until the server answers again. */
async function untilServed(port: number): Promise<void> {
  for (;;) {
    try {
      using conn = await connect(port);
      await echoes(conn);
      return;
    } catch {
      await delay(50);
    }
  }
}

for (const target of TARGETS) {
  Deno.test(`${target.name}: out of file descriptors, it waits in peace and recovers`, async () => {
    const options = { openFiles: OPEN_FILES };
    await using server = await ServerProcess.start(target, [], options);
    const sockets = Array.from({ length: CLIENTS }, () => knock(server.port));
    // Deno runs out and says so once; Bun, kept below the limit, turns away.
    const runsOut = target.name === "deno";
    const said = runsOut
      ? { event: "error" }
      : { event: "refused", reason: "max-connections" };
    await server.waitFor(said);

    const before = await server.cpuSeconds();
    await delay(WATCHED_MS);
    const used = await server.cpuSeconds() - before;
    assert(used < 0.1 * WATCHED_MS / 1000, `${used} s of CPU while waiting`);

    await Promise.all(sockets.map(leave));
    await soon(untilServed(server.port), "service after recovery");
    if (runsOut) {
      const errors = server.all({ event: "error" });
      assert(errors.length <= 3, `${errors.length} errors for one burst`);
    }
  });
}
