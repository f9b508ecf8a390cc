import { assert, assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes, outcomeOf } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import {
  type Client,
  gather,
  join,
  kill,
  lostOf,
  STATUS,
  statusOf,
  TARGETS,
} from "./mortal.ts";
import { idsOf, testSharing, workers } from "./sharing.ts";

for (const target of TARGETS) {
  const { name } = target;

  for (const how of ["throw", "reject"] as const) {
    testSharing(
      `${name}: a worker that dies by ${how} takes along its connections alone, and is replaced`,
      async () => {
        const flags = [...STATUS, ...workers(2)];
        await using server = await ServerProcess.start(target, flags);
        const [[victim, ...lost], kept] = await gather(server, 4);
        for (const { conn } of [...lost, ...kept]) await echoes(conn);
        const before = await statusOf(server);
        const all = 1 + lost.length + kept.length;
        assertEquals([before.accepted, before.open], [all, all]);

        await kill(victim, how);
        const died = await server.waitFor({ event: "error" });
        assertMatch(
          `${died.message}`,
          new RegExp(
            `^Worker 1 has died: .*${how} on purpose; its ${lost.length} con`,
          ),
        );
        await server.waitFor(
          { event: "disconnect", reason: "error" },
          lost.length,
        );
        assertEquals(idsOf(lostOf(server)), lost.map(({ id }) => id));
        for (const { bytesIn, bytesOut, error } of lostOf(server)) {
          assertEquals([bytesIn, bytesOut], [100, 100]);
          assertMatch(`${error}`, /^Worker 1 has died: /);
        }
        // The clients hear of it as well, this way or that.
        for (const { conn } of lost) {
          assertEquals((await outcomeOf(conn)).bytes, 0);
          conn.close();
        }
        for (const { conn } of kept) await echoes(conn);

        // Newcomers get to both again, with numbers that nobody has had.
        const late = await gather(server, 2);
        for (const { conn, id } of late.flat()) {
          assert(id > all, `${id} is the number of somebody else`);
          await echoes(conn);
        }
        const after = await statusOf(server);
        assertEquals(after.accepted, all + late.flat().length);
        assertEquals(after.open, kept.length + late.flat().length);
        assertEquals(after.lost, lost.length);
        const echoed = before.bytesIn +
          100 * (kept.length + late.flat().length);
        assert(after.bytesIn >= echoed, `${after.bytesIn} of ${echoed} bytes`);
        for (const { conn } of [...kept, ...late.flat()]) conn.close();

        server.signal("SIGTERM");
        assertEquals(await server.exitCode(), 0);
        const connects = idsOf(server.all({ event: "connect" }));
        assertEquals(idsOf(server.all({ event: "disconnect" })), connects);
      },
    );
  }

  testSharing(
    `${name}: what a dead worker had of a limit is free again, and no more`,
    async () => {
      const flags = [
        "--max-connections",
        "20",
        "--max-connections-per-ip",
        "19",
      ];
      const all = [...flags, ...workers(2)];
      await using server = await ServerProcess.start(target, all);
      const clients: Client[] = [];
      while (clients.length < 19) clients.push(await join(server));
      const refused = await connect(server.port);
      await server.waitFor({ event: "refused" });
      refused.close();
      const victim = clients[0];
      const isLost = ({ worker }: Client) => worker === victim.worker;
      const lost = clients.filter(isLost);
      await kill(victim, "throw");
      await server.waitFor({ event: "disconnect" }, lost.length);
      const late: Client[] = [];
      while (late.length < lost.length) late.push(await join(server));
      const again = await connect(server.port);
      await server.waitFor({ event: "refused" }, 2);
      again.close();
      const open = clients.filter((client) => !isLost(client)).concat(late);
      for (const { conn } of open) await echoes(conn);
      assertEquals([open.length, server.all({ event: "refused" }).length], [
        ...[19, 2],
      ]);
      for (const { conn } of new Set([...open, ...lost.slice(1)])) conn.close();
    },
  );

  testSharing(
    `${name}: a worker that hangs ends with the server, and so do its connections`,
    async () => {
      const flags = ["--shutdown-timeout", "500ms", ...STATUS, ...workers(2)];
      await using server = await ServerProcess.start(target, flags);
      const [[victim, ...stuck], kept] = await gather(server, 2);
      await kill(victim, "hang");
      await server.waitFor({ event: "disconnect" });
      // The others go on, and the status does not wait for ever.
      for (const { conn } of kept) await echoes(conn);
      await soon(statusOf(server), "the status");
      server.signal("SIGTERM");
      assertEquals(await server.exitCode(), 0);
      const connects = idsOf(server.all({ event: "connect" }));
      assertEquals(idsOf(server.all({ event: "disconnect" })), connects);
      for (const { conn } of [...stuck, ...kept]) conn.close();
    },
  );
}
