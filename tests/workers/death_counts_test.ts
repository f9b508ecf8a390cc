import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { connect, echoes, noise, receive, send } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { DEADLY } from "./deadly.ts";
import {
  type Client,
  join,
  kill,
  lostOf,
  STATUS,
  statusOf,
  TARGETS,
  type Told,
} from "./mortal.ts";
import { echoesToTheEnd, testSharing, workers } from "./sharing.ts";

const DEATHS = 4;

/** Tries again while it fails: who dies takes along those who wait for it. */
function persist(
  { port }: ServerProcess,
  run: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  const attempt = () => connect(port).then(run).then(() => true, () => false);
  const tryOut = async () => {
    while (!await attempt()) await delay(10);
  };
  return soon(tryOut(), "somebody who is let in");
}

/** What the log tells of the connections that the status counts. */
function countsOf(server: ServerProcess): Told {
  const all = server.all({ event: "disconnect" });
  const sum = (key: string) =>
    all.reduce((sum, line) => sum + Number(line[key]), 0);
  const lost = lostOf(server).length;
  return {
    ...{ accepted: server.all({ event: "connect" }).length, open: 0, lost },
    ...{ bytesIn: sum("bytesIn"), bytesOut: sum("bytesOut") },
    ended: server.all({ event: "disconnect", reason: "eof" }).length,
  };
}

for (const target of TARGETS) {
  const { name } = target;

  testSharing(
    `${name}: nothing that has ended is missing in the numbers, however many workers die before anybody asks`,
    async () => {
      const flags = [...STATUS, ...workers(2)];
      await using server = await ServerProcess.start(target, flags);
      for (let death = 1; death <= DEATHS; death++) {
        for (const length of [1, 10, 100, 1000, 3000 + death]) {
          await persist(server, (conn) => echoesToTheEnd(conn, noise(length)));
        }
        await persist(server, async (conn) => {
          await echoes(conn, noise(1));
          await echoes(conn, noise(DEADLY.throw - 1));
          conn.close();
        });
        await server.waitFor({ event: "error" }, death);
      }
      await server.waitFor({ event: "disconnect" }, 6 * DEATHS);
      const expected = countsOf(server);
      assertEquals(expected.ended, expected.accepted);
      assertEquals(await statusOf(server), expected);
    },
  );

  testSharing(
    `${name}: connections that are lost count with what was known of them, which nobody had asked for`,
    async () => {
      const flags = [...STATUS, ...workers(2)];
      await using server = await ServerProcess.start(target, flags);
      const victim = await join(server);
      let mate: Client;
      const others: Client[] = [];
      do others.push(mate = await join(server)); while (
        mate.worker !== victim.worker
      );
      await echoes(mate.conn, noise(500));
      // Workers tell about every second what is new.
      await delay(2500);
      await kill(victim, "throw");
      await server.waitFor({ event: "disconnect", reason: "error" });
      const [{ id, bytesIn, bytesOut }, ...more] = lostOf(server);
      assertEquals([id, bytesIn, bytesOut, more], [mate.id, 500, 500, []]);
      const { bytesIn: all, lost } = await statusOf(server);
      assertEquals([all, lost], [500 + DEADLY.throw, 1]);
      for (const { conn } of others) conn.close();
    },
  );

  testSharing(
    `${name}: a hundred connections of other workers lose no byte when one dies`,
    async () => {
      await using server = await ServerProcess.start(target, [...workers(2)]);
      const victim = await join(server);
      const kept: Client[] = [];
      const lost: Client[] = [];
      while (kept.length < 100) {
        assert(lost.length < 400, "one worker has them all");
        const client = await join(server);
        (client.worker === victim.worker ? lost : kept).push(client);
      }
      let isDead = false;
      const talk = async ({ conn }: Client) => {
        // On until the worker is dead, and once more after that.
        for (let isLast = false; !isLast;) {
          isLast = isDead;
          const data = noise(5000);
          await send(conn, data);
          assertEquals(await receive(conn, data.length), data);
        }
        await echoesToTheEnd(conn);
      };
      const talks = Promise.all(kept.map(talk));
      await kill(victim, "throw");
      await server.waitFor({ event: "error" });
      isDead = true;
      await soon(talks, "the end of a hundred echoes");
      await server.waitFor({ event: "disconnect", reason: "eof" }, 101);
      assertEquals(lostOf(server).length, lost.length);
      for (const { conn } of lost) conn.close();
    },
  );
}
