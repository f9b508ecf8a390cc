import { assert, assertEquals } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { HTTP, type HttpStack } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";
import { OPCODE, WebSocketClient } from "../websocket_client.ts";

// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

function start(
  stack: HttpStack,
  ...faults: readonly string[]
): Promise<ServerProcess> {
  return stack.start(...faults.flatMap((fault) => ["--fault", fault]));
}

/** Sends numbers as messages, and reads so many answers. */
async function count(
  socket: WebSocketClient,
  messages: number,
  answers: number,
): Promise<number[]> {
  const payloads = Array.from({ length: messages }, (_, i) => `${i + 1}`);
  await socket.send(
    ...payloads.map((payload) => ({ opcode: OPCODE.text, payload })),
  );
  const heard: number[] = [];
  for (let i = 0; i < answers; i++) heard.push(Number(await socket.text()));
  // A pong comes after whatever else was to come.
  await socket.send({ opcode: OPCODE.ping });
  assertEquals((await socket.message()).opcode, OPCODE.pong);
  return heard;
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: drop and duplicate hit each second message`, async () => {
    {
      await using server = await start(stack, "drop:every=2");
      using socket = await WebSocketClient.open(stack, server);
      assertEquals(await count(socket, 7, 4), [1, 3, 5, 7]);
      await socket.http.conn.closeWrite();
      const record = await server.waitFor({ event: "request" });
      assertEquals(record.messages, 7);
    }
    await using server = await start(stack, "duplicate:every=2");
    using socket = await WebSocketClient.open(stack, server);
    assertEquals(await count(socket, 5, 7), [1, 2, 2, 3, 4, 4, 5]);
  });

  Deno.test(`${stack.name}: latency delays messages, and jitter keeps their order`, async () => {
    await using server = await start(stack, "latency:ms=150,jitter=140");
    using socket = await WebSocketClient.open(stack, server);
    const texts = Array.from({ length: 200 }, (_, i) => `message ${i}`);
    const began = performance.now();
    await socket.send(
      ...texts.map((payload) => ({ opcode: OPCODE.text, payload })),
    );
    assertEquals(await socket.text(), texts[0]);
    assert(performance.now() - began >= 10 - EARLY_MS, "it came too early");
    for (const text of texts.slice(1)) assertEquals(await socket.text(), text);
    assert(performance.now() - began >= 150, "jitter has delayed nothing");
  });

  Deno.test(`${stack.name}: corrupt hits messages, and tears none`, async () => {
    const flags = ["--fault", "corrupt:rate=0.02", "--seed", "7"];
    await using server = await stack.start(...flags);
    using socket = await WebSocketClient.open(stack, server);
    const data = noise(20_000);
    await socket.say(data);
    const { opcode, payload } = await socket.message();
    assertEquals([opcode, payload.length], [OPCODE.binary, data.length]);
    const hits = payload.filter((byte, i) => byte !== data[i]).length;
    assert(hits > 200 && hits < 800, `${hits} bytes were hit`);
  });

  Deno.test(`${stack.name}: limit_data and reset_peer end a WebSocket without half a message`, async () => {
    await using server = await start(
      stack,
      "limit_data:bytes=1000,conn=1",
      "reset_peer:bytes=1000,conn=2",
    );
    for (const end of ["FIN", "RST"] as const) {
      using socket = await WebSocketClient.open(stack, server);
      const data = noise(600);
      await socket.say(data);
      assertEquals(sha256((await socket.message()).payload), sha256(data));
      await socket.say(noise(600));
      assertEquals(await socket.frame(), end);
      const { peer } = socket.http;
      socket.http.close();
      const record = await server.waitFor({ event: "disconnect", peer });
      assertEquals(record.reason, "fault");
      const request = await server.waitFor({ event: "request", peer });
      assertEquals(request.bytesOut, 600);
    }
    using socket = await WebSocketClient.open(stack, server);
    await socket.echoes("x".repeat(2000));
  });

  Deno.test(`${stack.name}: mute takes messages and answers none, but pings`, async () => {
    await using server = await start(stack, "mute:after=10");
    using socket = await WebSocketClient.open(stack, server);
    await socket.echoes("1234567890");
    await socket.say("no answer");
    await socket.send({ opcode: OPCODE.ping, payload: "p" });
    const { opcode } = await socket.message();
    assertEquals(opcode, OPCODE.pong);
    await socket.http.conn.closeWrite();
    assertEquals(await socket.frame(), "FIN");
    const { messages, bytesOut } = await server.waitFor({ event: "request" });
    assertEquals([messages, bytesOut], [2, 10]);
  });
}

Deno.test("websocket: the same seed hits the same messages on Deno and Bun", async () => {
  const faults = ["drop:p=0.4", "duplicate:p=0.3"];
  const heard: string[] = [];
  for (const stack of HTTP) {
    const path = await Deno.makeTempFile({ prefix: "fault log " });
    try {
      const flags = faults.flatMap((fault) => ["--fault", fault]);
      const all = [...flags, "--seed", "5", "--fault-log", path];
      await using server = await stack.start(...all);
      using socket = await WebSocketClient.open(stack, server);
      const said: string[] = [];
      for (let i = 0; i < 40; i++) {
        await socket.say(`${i}`);
        await socket.send({ opcode: OPCODE.ping });
        for (;;) {
          const { opcode, payload } = await socket.message();
          if (opcode === OPCODE.pong) break;
          said.push(new TextDecoder().decode(payload));
        }
      }
      server.signal("SIGTERM");
      await socket.closed();
      socket.http.close();
      await server.exitCode();
      heard.push(`${said}\n${await Deno.readTextFile(path)}`);
      assert(said.length > 20 && new Set(said).size < 35, `${said}`);
      assert(new Set(said).size < said.length, "nothing came twice");
    } finally {
      await Deno.remove(path);
    }
  }
  assertEquals(heard[0], heard[1]);
});
