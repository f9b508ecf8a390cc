import { assert, assertEquals } from "../assert.ts";
import { connect, echoes, noise, receiveAll, send, sha256 } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { stacksOn } from "../transports.ts";
import {
  crowd,
  crowdOn,
  idsOf,
  strangeLines,
  testSharing,
  upTo,
  workers,
} from "../workers/sharing.ts";

const MIB = 1024 * 1024;
const CLIENTS = 20;

/** Sends all of it, or as much as the server still takes. */
async function sendSome(conn: Deno.Conn, data: Uint8Array): Promise<void> {
  try {
    await send(conn, data);
  } catch {
    // The server has stopped meanwhile, as this client expects.
  }
}

/** Connects until nobody listens any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    try {
      (await connect(port)).close();
    } catch (error) {
      const { ConnectionRefused, ConnectionReset, NotConnected } = Deno.errors;
      if (error instanceof ConnectionRefused) return;
      // A listener went while this connection was waiting to be accepted.
      const isLate = [ConnectionReset, NotConnected].some((kind) =>
        error instanceof kind
      );
      assert(isLate, `${error}`);
    }
  }
}

for (const stack of stacksOn("tcp", "tls")) {
  testSharing(
    `${stack.name}: SIGTERM ends the clients of all workers in order, and loses nothing that was read`,
    async () => {
      await using server = await stack.start(...workers(2));
      const { port } = server;
      const conns = await crowd(CLIENTS, () => stack.dial(server));
      const data = noise(8 * MIB);
      // Half of them are in the middle of something that they do not read yet.
      const busy = conns.slice(CLIENTS / 2);
      const sending = busy.map((conn) => sendSome(conn, data));
      await Promise.all(
        conns.slice(0, CLIENTS / 2).map((conn) => echoes(conn)),
      );
      await server.waitFor({ event: "connect" }, CLIENTS);
      server.signal("SIGTERM");
      await server.waitFor({ event: "shutdown" });
      await soon(untilRefused(port), "the end of the listeners");
      const received = await Promise.all(conns.map((conn) => receiveAll(conn)));
      await Promise.all(sending);
      for (const conn of conns) conn.close();
      assertEquals(await server.exitCode(), 0);

      const shutdowns = server.all({ event: "shutdown" });
      assertEquals(shutdowns.map(({ connections }) => connections), [CLIENTS]);
      // Who came before the last worker has heard of it is ended like the others.
      const ends = server.all({ event: "disconnect" }).filter(({ id }) =>
        Number(id) <= CLIENTS
      );
      assertEquals(idsOf(ends), upTo(CLIENTS));
      for (const { reason, bytesIn, bytesOut } of ends) {
        assertEquals([reason, bytesOut], ["shutdown", bytesIn]);
      }
      received.forEach((digest, at) => {
        const isIdle = at < CLIENTS / 2;
        const expected = isIdle
          ? new Uint8Array()
          : data.subarray(0, digest.bytes);
        assertEquals(digest.hex(), sha256(expected));
      });
      // What they got is what the server says that it has sent.
      const sum = ends.reduce((all, { bytesOut }) => all + Number(bytesOut), 0);
      const got = received.reduce((all, { bytes }) => all + bytes, 0);
      assertEquals(sum, got + 100 * CLIENTS / 2);
      assertEquals(strangeLines(server), []);
    },
  );
}

/** Clients of which nobody reads, and which hold up whoever writes to them. */
async function clog(server: ServerProcess): Promise<() => Promise<void>> {
  const conns = await crowdOn(server, CLIENTS);
  const data = noise(16 * MIB);
  const sending = conns.map((conn) => sendSome(conn, data));
  await server.waitFor({ event: "connect" }, CLIENTS);
  return async () => {
    for (const conn of conns) conn.close();
    await Promise.all(sending);
  };
}

for (const target of TARGETS) {
  testSharing(
    `${target.name}: clients of all workers that never read are dropped at --shutdown-timeout`,
    async () => {
      const flags = ["--shutdown-timeout", "300ms", ...workers(2)];
      await using server = await ServerProcess.start(target, flags);
      const leave = await clog(server);
      server.signal("SIGTERM");
      assertEquals(await server.exitCode(), 0);
      const ends = server.all({ event: "disconnect", reason: "shutdown" });
      assertEquals(idsOf(ends), upTo(CLIENTS));
      await leave();
    },
  );

  testSharing(
    `${target.name}: a second signal stops all workers at once, with exit code 1`,
    async () => {
      const flags = ["--shutdown-timeout", "1h", "--write-timeout", "1h"];
      const all = [...flags, ...workers(2)];
      await using server = await ServerProcess.start(target, all);
      const leave = await clog(server);
      server.signal("SIGTERM");
      await server.waitFor({ event: "shutdown" });
      server.signal("SIGTERM");
      assertEquals(await server.exitCode(), 1);
      const ends = server.all({ event: "disconnect", reason: "shutdown" });
      assertEquals(idsOf(ends), upTo(CLIENTS));
      assertEquals(server.all({ event: "error" }), []);
      await leave();
    },
  );
}
