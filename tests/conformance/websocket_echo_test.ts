import { assertEquals, assertMatch } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { CORE_HTTP, CORE_HTTP_AND_HTTPS } from "../wine/core.ts";
import { closing, OPCODE, WebSocketClient } from "../websocket_client.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

for (const stack of CORE_HTTP_AND_HTTPS) {
  Deno.test(`${stack.name}: messages come back as they were, and the record counts them`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    const texts = ["a", "", "ä – 😀", "x".repeat(125), "y".repeat(126), "\0"];
    for (const text of texts) await socket.echoes(text);
    const sizes = [0, 1, 125, 126, 65_535, 65_536, MIB];
    for (const size of sizes) {
      const data = noise(size);
      await socket.say(data);
      const { opcode, payload } = await socket.message();
      assertEquals([opcode, payload.length], [OPCODE.binary, size]);
      assertEquals(sha256(payload), sha256(data));
    }
    await socket.send({ opcode: OPCODE.close, payload: closing(1000) });
    assertEquals(await socket.closed(), [1000, ""]);
    assertEquals(await socket.frame(), "FIN");
    const { peer } = socket.http;
    const record = await server.waitFor({ event: "request", peer });
    const { method, path, status, messages, code } = record;
    assertEquals([method, path, status], ["GET", "/chat", 101]);
    assertEquals([messages, code], [texts.length + sizes.length, 1000]);
    const bytes = [...texts.map((text) => new Blob([text]).size), ...sizes]
      .reduce((sum, size) => sum + size, 0);
    assertEquals([record.bytesIn, record.bytesOut], [bytes, bytes]);
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "eof");
  });
}

for (const stack of CORE_HTTP) {
  Deno.test(`${stack.name}: fragments come back as one message, with a pong in between`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    const part = (opcode: number, payload: string, isLast = false) => {
      return { opcode, payload, isLast };
    };
    await socket.send(part(OPCODE.text, "one, "), part(OPCODE.more, ""));
    await socket.send({ opcode: OPCODE.ping, payload: "still there?" });
    const pong = await socket.message();
    assertEquals(pong.opcode, OPCODE.pong);
    assertEquals(new TextDecoder().decode(pong.payload), "still there?");
    await socket.send(part(OPCODE.more, "two"), part(OPCODE.more, "", true));
    assertEquals(await socket.text(), "one, two");
    // A character may be torn.
    const [head, tail] = [Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x98, 0x80)];
    await socket.send(
      { opcode: OPCODE.text, payload: head, isLast: false },
      { opcode: OPCODE.more, payload: tail },
    );
    assertEquals(await socket.text(), "😀");
    const data = noise(300_000);
    const frames = Array.from({ length: 300 }, (_, i) => ({
      opcode: i === 0 ? OPCODE.binary : OPCODE.more,
      payload: data.subarray(1000 * i, 1000 * (i + 1)),
      isLast: i === 299,
    }));
    await socket.send(...frames);
    const { opcode, payload } = await socket.message();
    assertEquals([opcode, sha256(payload)], [OPCODE.binary, sha256(data)]);
    await socket.send({ opcode: OPCODE.ping });
    assertEquals(await socket.message(), {
      opcode: OPCODE.pong,
      payload: new Uint8Array(),
    });
    await socket.echoes();
  });

  Deno.test(`${stack.name}: many messages at once come back in order`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    const texts = Array.from({ length: 1000 }, (_, i) => `${i}`.repeat(i % 90));
    const sending = socket.send(
      ...texts.map((payload) => ({ opcode: OPCODE.text, payload })),
    );
    for (const text of texts) assertEquals(await socket.text(), text);
    await sending;
  });

  Deno.test(`${stack.name}: close codes and reasons come back, and one without a code does`, async () => {
    await using server = await stack.start();
    for (
      const [payload, answer, told] of [
        [closing(1000, "done"), [1000, "done"], 1000],
        [closing(1001), [1001, ""], 1001],
        [closing(3000, "ü"), [3000, "ü"], 3000],
        [closing(4999, "r".repeat(123)), [4999, "r".repeat(123)], 4999],
        ["", [undefined, ""], 1005],
      ] as const
    ) {
      using socket = await WebSocketClient.open(stack, server);
      await socket.echoes();
      await socket.send({ opcode: OPCODE.close, payload });
      assertEquals(await socket.closed(), answer);
      assertEquals(await socket.frame(), "FIN");
      const { peer } = socket.http;
      const { code } = await server.waitFor({ event: "request", peer });
      assertEquals(code, told);
    }
    const socket = await WebSocketClient.open(stack, server);
    await socket.echoes();
    const { peer } = socket.http;
    socket.http.close();
    const { code } = await server.waitFor({ event: "request", peer });
    assertEquals(code, 1006);
    await server.waitFor({ event: "disconnect", reason: "eof" }, 6);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: the first subprotocol is agreed on, and no extension`, async () => {
    await using server = await stack.start();
    const name = "Sec-WebSocket-Protocol";
    for (
      const [fields, agreed] of [
        [[], null],
        [[`${name}: chat`], "chat"],
        [[`${name}: chat, superchat`], "chat"],
        [[`${name}: chat,superchat`], "chat"],
        [[`${name}:   chat  ,\tsuperchat`], "chat"],
        [[`${name}: graphql-ws`, `${name}: other`], "graphql-ws"],
      ] as const
    ) {
      using socket = await WebSocketClient.open(
        stack,
        server,
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ...fields,
      );
      assertEquals(socket.headers.get(name), agreed, `${fields}`);
      assertEquals(socket.headers.get("sec-websocket-extensions"), null);
      await socket.echoes();
    }
  });

  Deno.test(`${stack.name}: a handshake that is none is told so, and others go on`, async () => {
    await using server = await stack.start();
    for (const version of ["8", "12", "14", "thirteen"]) {
      using client = await stack.dial(server);
      const answer = await WebSocketClient.ask(client, { version });
      assertEquals(answer.status, 426);
      assertEquals(answer.headers.get("sec-websocket-version"), "13");
      assertMatch(answer.text, /version 13/);
      // As RFC 6455 has it, the client may try again.
      assertEquals((await WebSocketClient.ask(client)).status, 101);
    }
    using client = await stack.dial(server);
    const fields = ["Upgrade: websocket", "Connection: Upgrade"];
    const answer = await client.get(
      "/",
      ...fields,
      "Sec-WebSocket-Version: 13",
    );
    assertEquals(answer.status, 400);
    using socket = await WebSocketClient.open(stack, server);
    await socket.echoes();
  });

  Deno.test(`${stack.name}: SIGTERM closes WebSockets with 1001`, async () => {
    await using server = await stack.start("--shutdown-timeout", "1h");
    using one = await WebSocketClient.open(stack, server);
    using other = await WebSocketClient.open(stack, server);
    await one.echoes();
    await other.say("last words");
    await other.http.reader.hasMore();
    server.signal("SIGTERM");
    assertEquals(await other.text(), "last words");
    for (const socket of [one, other]) {
      const [code] = await socket.closed();
      assertEquals(code, 1001);
      const payload = closing(1001);
      await socket.send({ opcode: OPCODE.close, payload });
      assertEquals(await socket.frame(), "FIN");
    }
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ reason: "shutdown" }).length, 2);
    assertEquals(server.all({ event: "request", code: 1001 }).length, 2);
  });
}
