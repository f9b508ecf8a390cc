import type { EchoClient } from "../../src/client/client.ts";
import { ExchangeError, type FailureKind } from "../../src/client/failure.ts";
import { openStreamClient } from "../../src/client/stream.ts";
import { parseTarget } from "../../src/client/target.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { FakeServer, type FakeServerOptions } from "./fake_streams.ts";

const { addr } = parseTarget("tcp://127.0.0.1:7");

async function open(options: FakeServerOptions = {}, timeoutMs = 0) {
  const server = new FakeServer(options);
  const { runtime } = server;
  const client = await openStreamClient(addr, { runtime, timeoutMs });
  return { server, client, stream: server.last };
}

function send(client: EchoClient, ...bytes: readonly number[]): Promise<void> {
  return client.exchange({ number: 1, bytes: Uint8Array.from(bytes) });
}

async function failsAs(
  kind: FailureKind,
  promise: Promise<void>,
  words = "",
): Promise<void> {
  await assertRejects(
    async () => {
      try {
        await promise;
      } catch (error) {
        assertEquals((error as ExchangeError).kind, kind);
        throw error;
      }
    },
    ExchangeError,
    words,
  );
}

Deno.test("an answer may come in pieces", async () => {
  const { client, stream } = await open();
  const answer = send(client, 1, 2, 3);
  stream.say(1);
  stream.say(2, 3);
  await answer;
  const next = send(client, 4);
  stream.say(4);
  await next;
  assertEquals(stream.written, [1, 2, 3, 4]);
  assertEquals(client.failure, undefined);
});

Deno.test("what a stream does not take at once is written later", async () => {
  const { client, stream } = await open();
  stream.room = 2;
  const answer = send(client, 1, 2, 3, 4, 5);
  assertEquals(stream.written, [1, 2]);
  stream.room = 2;
  stream.sink.onDrain();
  assertEquals(stream.written, [1, 2, 3, 4]);
  stream.room = Infinity;
  stream.sink.onDrain();
  stream.echo();
  await answer;
});

Deno.test("the first wrong byte fails the message, and closes the connection", async () => {
  const { client, stream } = await open();
  const answer = send(client, 1, 2, 3, 4);
  stream.say(1, 2);
  stream.say(3, 5);
  await failsAs("wrong-bytes", answer, "offset 3: expected 0x04, got 0x05");
  assertEquals([stream.isClosed, client.failure?.kind], [true, "wrong-bytes"]);
  await failsAs("wrong-bytes", send(client, 1));
});

Deno.test("a byte too many fails the message, or the connection after it", async () => {
  const early = await open();
  const answer = send(early.client, 1, 2);
  early.stream.say(1, 2, 3);
  await failsAs("too-many-bytes", answer, "expected 2, got 3");

  const late = await open();
  const whole = send(late.client, 1, 2);
  late.stream.say(1, 2);
  await whole;
  late.stream.say(9);
  assertEquals(late.client.failure?.message.slice(-17), "expected 2, got 3");
  assert(late.stream.isClosed);
});

Deno.test("what a server says before it is asked is too much", async () => {
  const { client, stream } = await open();
  stream.say(1);
  await failsAs("too-many-bytes", send(client, 1), "expected 0, got 1");
});

Deno.test("the end of a connection says how far the answer has come", async () => {
  const { client, stream } = await open();
  const answer = send(client, 1, 2, 3);
  stream.say(1);
  stream.sink.onEnd();
  await failsAs("closed", answer, "after 1 of 3 bytes");

  const idle = await open();
  idle.stream.sink.onEnd();
  assertEquals(
    idle.client.failure?.message,
    "the server has closed the connection",
  );
});

Deno.test("a reset is a reset", async () => {
  const { client, stream } = await open();
  const answer = send(client, 1);
  stream.sink.onEnd(Object.assign(new Error("x"), { code: "ECONNRESET" }));
  await failsAs("reset", answer);
});

Deno.test("an answer that takes too long fails, and what comes later is nobody's", async () => {
  const { client, stream } = await open({}, 1);
  const answer = send(client, 1, 2);
  stream.say(1);
  await failsAs("timeout", answer, "1 of 2 bytes within 1 ms");
  assert(stream.isClosed);
  assertEquals(client.failure?.kind, "timeout");
});

Deno.test("a connection that cannot be opened says why", async () => {
  const opening = open({
    onOpen: () => {
      throw Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    },
  });
  await failsAs("refused", opening.then(() => {}), "nobody listens there");
});

Deno.test("a connection that opens too late is closed", async () => {
  const server = new FakeServer();
  const opened = Promise.withResolvers<void>();
  const runtime: typeof server.runtime = {
    ...server.runtime,
    openStream: async (...args) => {
      await opened.promise;
      return await server.runtime.openStream(...args);
    },
  };
  const opening = openStreamClient(addr, { runtime, timeoutMs: 1 });
  await failsAs("timeout", opening.then(() => {}), "no connection within 1 ms");
  opened.resolve();
  // The late one takes a few turns of the microtasks.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert(server.last.isClosed);
});
