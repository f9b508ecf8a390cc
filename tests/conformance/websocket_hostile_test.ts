import { assert, assertEquals } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { HTTP } from "../http_stack.ts";
import {
  closing,
  type Frame,
  OPCODE,
  type Sent,
  WebSocketClient,
} from "../websocket_client.ts";

const KIB = 1024;
const PROTOCOL_ERROR = 1002;
const NOT_UTF8 = 1007;
const TOO_BIG = 1009;

const LATIN1 = Uint8Array.of(0x63, 0xe9);

/** What RFC 6455 forbids, and the code with which it may be answered. */
const FORBIDDEN: Readonly<Record<string, readonly [Sent[], number]>> = {
  "text that is not UTF-8": [
    [{ opcode: OPCODE.text, payload: LATIN1 }],
    NOT_UTF8,
  ],
  "text that is not UTF-8, in fragments": [
    [
      { opcode: OPCODE.text, payload: LATIN1, isLast: false },
      { opcode: OPCODE.more, payload: "more" },
    ],
    NOT_UTF8,
  ],
  "a reserved opcode": [[{ opcode: 3, payload: "?" }], PROTOCOL_ERROR],
  "a reserved opcode of control": [[{ opcode: 11 }], PROTOCOL_ERROR],
  "a bit for an extension": [
    [{ opcode: OPCODE.text, payload: "?", reserved: 4 }],
    PROTOCOL_ERROR,
  ],
  "a fragmented ping": [
    [{ opcode: OPCODE.ping, isLast: false }],
    PROTOCOL_ERROR,
  ],
  "a ping of 126 bytes": [
    [{ opcode: OPCODE.ping, payload: "p".repeat(126) }],
    PROTOCOL_ERROR,
  ],
  "a continuation of nothing": [
    [{ opcode: OPCODE.more, payload: "?" }],
    PROTOCOL_ERROR,
  ],
  "a message within a message": [
    [
      { opcode: OPCODE.text, payload: "a", isLast: false },
      { opcode: OPCODE.text, payload: "b" },
    ],
    PROTOCOL_ERROR,
  ],
};

/** All frames that come until the connection is over. */
async function framesOf(socket: WebSocketClient): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (;;) {
    const frame = await socket.frame();
    if (typeof frame === "string") return frames;
    frames.push(frame);
    if (frame.opcode === OPCODE.close) {
      const { payload } = frame;
      await socket.send({ opcode: OPCODE.close, payload }).catch(() => {});
    }
  }
}

function codeOf({ payload }: Pick<Frame, "payload">): number {
  return payload[0] * 256 + payload[1];
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: frames that are forbidden end their WebSocket, and no other`, async () => {
    await using server = await stack.start();
    using other = await WebSocketClient.open(stack, server);
    await Promise.all(
      Object.entries(FORBIDDEN).map(async ([what, [frames, code]]) => {
        using socket = await WebSocketClient.open(stack, server);
        await socket.echoes();
        await socket.send(...frames);
        const answers = await framesOf(socket);
        // No answer at all is an answer, too.
        assert(answers.length < 2, `${what}: ${answers.length} answers`);
        for (const answer of answers) {
          assertEquals(
            [answer.opcode, codeOf(answer)],
            [OPCODE.close, code],
            what,
          );
        }
        const { peer } = socket.http;
        const record = await server.waitFor({ event: "request", peer });
        assertEquals([record.status, record.messages], [101, 1], what);
        assert(
          [code, 1006].includes(Number(record.code)),
          `${what}: ${record.code}`,
        );
        await server.waitFor({ event: "disconnect", peer });
      }),
    );
    await other.echoes();
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: a frame without a mask ends its WebSocket`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    await socket.send({
      opcode: OPCODE.text,
      payload: "bare",
      isMasked: false,
    });
    const frame = await socket.frame();
    if (typeof frame === "object") {
      assertEquals([frame.opcode, codeOf(frame)], [
        OPCODE.close,
        PROTOCOL_ERROR,
      ]);
      assert(typeof await socket.frame() === "string");
    }
    await server.waitFor({ event: "request", status: 101, messages: 0 });
  });

  Deno.test(`${stack.name}: --max-message closes with 1009 what is longer, whole or in fragments`, async () => {
    await using server = await stack.start("--max-message", "64KiB");
    using other = await WebSocketClient.open(stack, server);
    const most = noise(64 * KIB);
    await other.say(most);
    assertEquals(sha256((await other.message()).payload), sha256(most));
    const long = noise(64 * KIB + 1);
    for (
      const frames of [
        [{ opcode: OPCODE.binary, payload: long }],
        [
          { opcode: OPCODE.binary, payload: most, isLast: false },
          { opcode: OPCODE.more, payload: "+" },
        ],
      ]
    ) {
      using socket = await WebSocketClient.open(stack, server);
      await socket.echoes();
      await socket.send(...frames).catch(() => {});
      const answers = await framesOf(socket);
      assertEquals(answers.map(({ opcode }) => opcode), [OPCODE.close]);
      assertEquals(codeOf(answers[0]), TOO_BIG);
      const { peer } = socket.http;
      const record = await server.waitFor({ event: "request", peer });
      assertEquals(record.messages, 1);
      assert([TOO_BIG, 1006].includes(Number(record.code)), `${record.code}`);
    }
    await other.echoes();
  });

  Deno.test(`${stack.name}: a message without end is no more than --max-message to the server`, async () => {
    await using server = await stack.start("--max-message", "1MiB");
    using other = await WebSocketClient.open(stack, server);
    await other.echoes();
    const before = await server.memoryMiB();
    using socket = await WebSocketClient.open(stack, server);
    const part = noise(256 * KIB);
    const more = { opcode: OPCODE.more, payload: part, isLast: false };
    const flood = async () => {
      await socket.send({ ...more, opcode: OPCODE.binary });
      for (let i = 0; i < 4 * 100; i++) await socket.send(more);
    };
    // What is taken after the end is thrown away.
    await flood().catch(() => {});
    const grown = await server.memoryMiB() - before;
    assert(grown < 48, `memory grew by ${grown} MiB`);
    for (const { opcode, payload } of await framesOf(socket)) {
      assertEquals([opcode, codeOf({ payload })], [OPCODE.close, TOO_BIG]);
    }
    const { peer } = socket.http;
    await server.waitFor({ event: "request", peer, status: 101 });
    await other.echoes();
  });

  Deno.test(`${stack.name}: what follows a close is not echoed`, async () => {
    await using server = await stack.start();
    using socket = await WebSocketClient.open(stack, server);
    await socket.send(
      { opcode: OPCODE.text, payload: "before" },
      { opcode: OPCODE.close, payload: closing(1000, "bye") },
      { opcode: OPCODE.text, payload: "after" },
    );
    assertEquals(await socket.text(), "before");
    assertEquals(await socket.closed(), [1000, "bye"]);
    assert(typeof await socket.frame() === "string");
  });
}
