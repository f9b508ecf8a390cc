import { assertEquals } from "../assert.ts";
import { echoes, outcomeOf, receive, send } from "../client.ts";
import { HTTP } from "../http_stack.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { type Stack, stacksOn } from "../transports.ts";
import {
  crowd,
  idsOf,
  strangeLines,
  testSharing,
  upTo,
  workers,
} from "../workers/sharing.ts";

const CAP = 10;
const CLIENTS = 40;

const LIMITS = [
  ["--max-connections", "max-connections"],
  ["--max-connections-per-ip", "max-connections-per-ip"],
] as const;

/** Whether a client is let in and echoed; it stays. */
async function isLetIn(conn: Deno.Conn): Promise<boolean> {
  try {
    await send(conn, Uint8Array.of(7));
    return (await receive(conn, 1))[0] === 7;
  } catch {
    return false;
  }
}

/** Comes again and again until there is a place. */
async function untilLetIn(port: number): Promise<void> {
  for (;;) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    if (await isLetIn(conn)) return;
  }
}

/** Comes with all clients at once; gives back those who were let in. */
async function storm(
  stack: Stack,
  server: ServerProcess,
): Promise<Deno.Conn[]> {
  const conns = await crowd(CLIENTS, () => stack.open(server));
  const isIn = await Promise.all(conns.map(isLetIn));
  conns.filter((_, at) => !isIn[at]).forEach((conn) => conn.close());
  return conns.filter((_, at) => isIn[at]);
}

for (const stack of stacksOn("tcp", "tls")) {
  for (const [flag, reason] of LIMITS) {
    testSharing(
      `${stack.name}: ${flag} is one limit for all workers, and places that are left are free again`,
      async () => {
        const flags = [flag, `${CAP}`, ...workers(4)];
        await using server = await stack.start(...flags);
        for (let round = 1; round <= 3; round++) {
          const conns = await storm(stack, server);
          assertEquals(conns.length, CAP);
          const refused = round * (CLIENTS - CAP);
          await server.waitFor({ event: "refused", reason }, refused);
          assertEquals(server.all({ event: "refused" }).length, refused);
          for (const conn of conns) conn.close();
          await server.waitFor({ event: "disconnect" }, round * CAP);
        }
        // Who is turned away gets no number.
        assertEquals(idsOf(server.all({ event: "connect" })), upTo(3 * CAP));
        assertEquals(strangeLines(server), []);
      },
    );
  }
}

for (const stack of HTTP) {
  testSharing(
    `${stack.name}: --max-connections is one limit for all workers`,
    async () => {
      const flags = ["--max-connections", `${CAP}`, ...workers(4)];
      await using server = await stack.start(...flags);
      const clients = await crowd(CLIENTS, () => stack.dial(server));
      const answers = await Promise.all(
        clients.map((client) =>
          client.get().then(({ status }) => status, () => "none")
        ),
      );
      assertEquals(answers.filter((answer) => answer === 200).length, CAP);
      await server.waitFor({ event: "refused" }, CLIENTS - CAP);
      assertEquals(server.all({ event: "connect" }).length, CAP);
      for (const client of clients) client.close();
      await server.waitFor({ event: "disconnect" }, CAP);
      using late = await stack.dial(server);
      assertEquals((await late.get()).status, 200);
    },
  );
}

for (const target of TARGETS) {
  testSharing(
    `${target.name}: --idle-timeout, --max-bytes and --max-lifetime hold on every worker`,
    async () => {
      for (
        const [flag, reason] of [
          [["--idle-timeout", "500ms"], "idle-timeout"],
          [["--max-lifetime", "500ms"], "max-lifetime"],
          [["--max-bytes", "64"], "max-bytes"],
        ] as const
      ) {
        const flags = [...flag, ...workers(2)];
        await using server = await ServerProcess.start(target, flags);
        const { port } = server;
        const ends = await crowd(20, async () => {
          using conn = await Deno.connect({ hostname: "127.0.0.1", port });
          await send(conn, new Uint8Array(64));
          return await outcomeOf(conn);
        });
        assertEquals(ends.map(({ bytes, end }) => `${bytes} ${end}`), [
          ...new Array(20).fill("64 FIN"),
        ]);
        await server.waitFor({ event: "disconnect", reason }, 20);
      }
    },
  );

  testSharing(
    `${target.name}: connections beyond the open files of the process do no harm to several workers`,
    async () => {
      const options = { openFiles: 120 };
      const flags = [...workers(2)];
      await using server = await ServerProcess.start(target, flags, options);
      const { port } = server;
      using early = await Deno.connect({ hostname: "127.0.0.1", port });
      await echoes(early);
      const crowded = await crowd(
        200,
        () => Deno.connect({ hostname: "127.0.0.1", port }),
      );
      // Deno runs out and says so; Bun, kept below the limit, turns away.
      const isDeno = target.runtime === "deno";
      await server.waitFor(
        isDeno
          ? { event: "error" }
          : { event: "refused", reason: "max-connections" },
      );
      await echoes(early);
      for (const conn of crowded) conn.close();
      early.close();
      await server.waitFor({ event: "disconnect" }, isDeno ? 1 : 2);
      await soon(untilLetIn(port), "a place for a newcomer");
      if (!isDeno) assertEquals(server.all({ event: "error" }), []);
    },
  );
}
