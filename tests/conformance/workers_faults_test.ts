import { assert, assertEquals } from "../assert.ts";
import { FAULTS, sameBytes } from "../chance.ts";
import {
  connect,
  echoes,
  noise,
  outcome,
  outcomeOf,
  receive,
  send,
  sha256,
} from "../client.ts";
import { HTTP } from "../http_stack.ts";
import { ServerProcess } from "../server_process.ts";
import { bearer } from "../status/fake_status.ts";
import { type Target, TARGETS } from "../targets.ts";
import { UdpClient } from "../udp_client.ts";
import { OPCODE, WebSocketClient } from "../websocket_client.ts";
import {
  crowdOn,
  idsOf,
  testSharing,
  upTo,
  workers,
} from "../workers/sharing.ts";

const TOKEN = "correct-horse-battery";
const CLIENTS = 40;
const MESSAGES = [1, 10, 100, 1000];

/** What a client got of some messages, in hashes. */
async function talk(port: number): Promise<string> {
  using conn = await connect(port);
  const heard: string[] = [];
  try {
    for (const length of MESSAGES) {
      await send(conn, sameBytes(length));
      const answer = await receive(conn, length);
      // A client that is refused may hear of it here or there.
      if (answer.length > 0) heard.push(sha256(answer));
      if (answer.length < length) break;
    }
  } catch {
    // Dropped, which what it got before that tells as well.
  }
  return heard.join();
}

/** What clients get one after the other, and what chance has decided. */
async function run(
  target: Target,
  ...flags: readonly string[]
): Promise<{ readonly heard: string[]; readonly log: string[] }> {
  const path = await Deno.makeTempFile({ prefix: "fault log " });
  const logs = flags.includes("--fault-replay") ? [] : ["--fault-log", path];
  try {
    const all = [...flags, ...logs];
    await using server = await ServerProcess.start(target, all);
    const heard: string[] = [];
    for (let i = 0; i < 16; i++) heard.push(await talk(server.port));
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    const log = (await Deno.readTextFile(path)).trim().split("\n");
    return { heard, log };
  } finally {
    await Deno.remove(path);
  }
}

/** The numbers of those that a fault ends, of many who come at once. */
async function hits(
  target: Target,
  ...flags: readonly string[]
): Promise<number[]> {
  await using server = await ServerProcess.start(target, [...flags]);
  const conns = await crowdOn(server, CLIENTS);
  await Promise.all(conns.map(async (conn) => {
    await send(conn, noise(10));
    await receive(conn, 10);
    conn.close();
  }));
  await server.waitFor({ event: "disconnect" }, CLIENTS);
  return idsOf(server.all({ event: "disconnect", reason: "fault" }));
}

for (const target of TARGETS) {
  const { name } = target;

  testSharing(
    `${name}: reset_peer:conn=3 hits the third of all, whichever worker has it`,
    async () => {
      const flags = ["--fault", "reset_peer:bytes=5,conn=3", ...workers(2)];
      await using server = await ServerProcess.start(target, flags);
      const data = noise(10);
      for (const nth of upTo(6)) {
        using conn = await connect(server.port);
        if (nth === 3) {
          await send(conn, data);
          const expected = outcome(data.subarray(0, 5), "RST");
          assertEquals(await outcomeOf(conn), expected);
        } else await echoes(conn, data);
      }
      const { id } = await server.waitFor({ reason: "fault" });
      assertEquals(id, 3);
    },
  );

  testSharing(
    `${name}: a seed hits the same numbers with several workers as with one`,
    async () => {
      const flags = ["--fault", "limit_data:bytes=3,p=0.5", "--seed", "7"];
      const alone = await hits(target, ...flags);
      assert(alone.length > 5 && alone.length < CLIENTS - 5, `${alone}`);
      assertEquals(await hits(target, ...flags, ...workers(2)), alone);
    },
  );

  testSharing(
    `${name}: workers decide as one server does, log it, and can be replayed`,
    async () => {
      const alone = await run(target, ...FAULTS, "--seed", "42");
      const several = await run(
        target,
        ...FAULTS,
        "--seed",
        "42",
        ...workers(2),
      );
      assertEquals(several.heard, alone.heard);
      assertEquals(several.log[0], alone.log[0]);
      // Threads tell of what they decide in any order.
      assertEquals(several.log.toSorted(), alone.log.toSorted());
      const other = await run(target, ...FAULTS, "--seed", "43", ...workers(2));
      assert(
        `${other.heard}` !== `${alone.heard}`,
        "the seed makes no difference",
      );

      const path = await Deno.makeTempFile({ prefix: "fault log " });
      try {
        // Another seed, so that nothing but the log makes it the same.
        const log = several.log.join("\n").replace('"seed":42,', '"seed":43,');
        await Deno.writeTextFile(path, log);
        const replayed = await run(
          target,
          "--fault-replay",
          path,
          ...workers(2),
        );
        assertEquals(replayed.heard, alone.heard);
      } finally {
        await Deno.remove(path);
      }
    },
  );

  testSharing(
    `${name}: faults for datagrams may stand beside those for streams`,
    async () => {
      const faults = ["drop:every=2", "reset_peer:bytes=3"];
      await using server = await ServerProcess.start(target, [
        ...["tcp", "udp"].flatMap((kind) => [
          ...["--listen", `${kind}://127.0.0.1:0`],
        ]),
        ...faults.slice(0, 1).flatMap((fault) => ["--fault", fault]),
        ...["--status", "127.0.0.1:0", "--status-token", TOKEN, ...workers(2)],
      ]);
      const { url } = await server.waitFor({ plane: "status" });
      const [tcp, udp] = server.urls;
      using client = await UdpClient.bind();
      const heard = async () => {
        for (const text of ["1", "2", "3"]) await client.send(text, udp);
        return [await client.nextText(), await client.nextText()];
      };
      assertEquals(await heard(), ["1", "3"]);
      using early = await connect(Number(tcp.port));
      await echoes(early, noise(10));
      const init = { ...bearer(TOKEN), method: "PUT" };
      const body = JSON.stringify(faults);
      const path = new URL("/api/faults", `${url}`);
      const response = await fetch(path, { ...init, body });
      assertEquals([response.status, (await response.json()).faults.length], [
        ...[200, 2],
      ]);
      using late = await connect(Number(tcp.port));
      const data = noise(10);
      await send(late, data);
      assertEquals(await outcomeOf(late), outcome(data.subarray(0, 3), "RST"));
    },
  );

  testSharing(
    `${name}: PUT /api/faults reaches every worker, and spares who is there already`,
    async () => {
      await using server = await ServerProcess.start(target, [
        ...["--status", "127.0.0.1:0", "--status-token", TOKEN, ...workers(2)],
      ]);
      const { url } = await server.waitFor({ plane: "status" });
      const early = await crowdOn(server, 10);
      for (const conn of early) await echoes(conn);
      const init = {
        ...bearer(TOKEN),
        method: "PUT",
        body: '["reset_peer:bytes=3"]',
      };
      const response = await fetch(new URL("/api/faults", `${url}`), init);
      assertEquals([response.status, (await response.json()).faults], [
        ...[200, [{ kind: "reset_peer", bytes: 3 }]],
      ]);
      const late = await crowdOn(server, CLIENTS);
      const data = noise(10);
      const expected = outcome(data.subarray(0, 3), "RST");
      await Promise.all(late.map(async (conn) => {
        await send(conn, data);
        assertEquals(await outcomeOf(conn), expected);
        conn.close();
      }));
      for (const conn of early) {
        await echoes(conn);
        conn.close();
      }
      await server.waitFor({ event: "disconnect", reason: "fault" }, CLIENTS);
      assertEquals(server.all({ event: "faults" }).length, 1);
    },
  );
}

for (const stack of HTTP) {
  testSharing(
    `${stack.name}: messages of WebSockets are numbered over all workers`,
    async () => {
      const flags = ["--fault", "drop:every=2", ...workers(2)];
      await using server = await stack.start(...flags);
      const sockets: WebSocketClient[] = [];
      for (let i = 0; i < 10; i++) {
        sockets.push(await WebSocketClient.open(stack, server));
      }
      const heard: string[] = [];
      for (const nth of upTo(20)) {
        const socket = sockets[nth % sockets.length];
        await socket.say(`${nth}`);
        // A pong comes after whatever else was to come.
        await socket.send({ opcode: OPCODE.ping });
        const message = await socket.message();
        if (message.opcode === OPCODE.pong) continue;
        heard.push(new TextDecoder().decode(message.payload));
        assertEquals((await socket.message()).opcode, OPCODE.pong);
      }
      assertEquals(heard, upTo(20).filter((nth) => nth % 2 === 1).map(String));
      for (const socket of sockets) socket.http.close();
    },
  );
}
