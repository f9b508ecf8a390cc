import { assert, assertEquals } from "../assert.ts";
import { noise, send } from "../client.ts";
import { HTTP } from "../http_stack.ts";
import {
  closing,
  encodeFrame,
  OPCODE,
  WebSocketClient,
} from "../websocket_client.ts";

const KIB = 1024;
const STUCK = 10;
// 256 MiB of them, in frames with headers of so many bytes.
const MESSAGES = 4096;
const HEADER = 10;
// What the garbage collector leaves for later is in it, too.
const MOST_MIB = 128;

/** Sends as much as is taken, for ever, and never reads. */
async function flood(
  { http: { conn } }: WebSocketClient,
  frames: Uint8Array,
): Promise<void> {
  try {
    for (;;) await send(conn, frames);
  } catch {
    // The server has dropped this client.
  }
}

for (const stack of HTTP) {
  for (
    const [what, frame] of [
      ["messages", { opcode: OPCODE.binary, payload: noise(64 * KIB) }],
      ["pings", { opcode: OPCODE.ping, payload: noise(125) }],
    ] as const
  ) {
    Deno.test(`${stack.name}: clients that send ${what} and never read cost little and nobody else`, async () => {
      await using server = await stack.start("--write-timeout", "500ms");
      using other = await WebSocketClient.open(stack, server);
      for (let i = 0; i < 16; i++) await other.echoes("x".repeat(256 * KIB));
      const before = await server.memoryMiB();
      const stuck = await Promise.all(
        Array.from(
          { length: STUCK },
          () => WebSocketClient.open(stack, server),
        ),
      );
      const bytes = encodeFrame(frame);
      const many = new Uint8Array(
        Math.ceil(64 * KIB / bytes.length) * bytes.length,
      );
      for (let at = 0; at < many.length; at += bytes.length) {
        many.set(bytes, at);
      }
      const floods = stuck.map((socket) => flood(socket, many));
      let isOver = false;
      const timeouts = server.waitFor({ reason: "write-timeout" }, STUCK)
        .finally(() => isOver = true);
      timeouts.catch(() => {});
      let most = 0;
      while (!isOver) {
        await other.echoes();
        most = Math.max(most, await server.memoryMiB());
      }
      for (const { http } of stuck) http.close();
      await Promise.all(floods);
      await timeouts;
      assert(most - before < MOST_MIB, `${before} MiB grew to ${most} MiB`);
      await other.echoes();
      await other.send({ opcode: OPCODE.close, payload: closing(1000) });
      assertEquals(await other.closed(), [1000, ""]);
    });
  }

  Deno.test(`${stack.name}: a client that sends much and reads all of it costs little`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    const payload = noise(64 * KIB);
    const frame = encodeFrame({ opcode: OPCODE.binary, payload });
    for (let i = 0; i < 100; i++) {
      await socket.say(payload);
      await socket.message();
    }
    const before = await server.memoryMiB();
    const sendAll = async () => {
      for (let i = 0; i < MESSAGES; i++) await send(socket.http.conn, frame);
    };
    const sending = sendAll();
    sending.catch(() => {});
    let [bytes, most] = [0, 0];
    // Uncounted as messages, since this client must be the faster one.
    while (bytes < MESSAGES * (HEADER + payload.length)) {
      const { length } = await socket.http.reader.some(Infinity);
      assert(length > 0, `an end after ${bytes} bytes`);
      if (bytes >> 23 !== bytes + length >> 23) {
        most = Math.max(most, await server.memoryMiB());
      }
      bytes += length;
    }
    await sending;
    assert(most - before < MOST_MIB, `${before} MiB grew to ${most} MiB`);
  });
}
