import type { Stray } from "../../src/client/client.ts";
import { openDatagramClient } from "../../src/client/datagram.ts";
import { ExchangeError } from "../../src/client/failure.ts";
import type { DatagramHandler, NetAddr } from "../../src/net.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";

const SERVER: NetAddr = { transport: "udp", hostname: "127.0.0.1", port: 7 };

/** A client, and the server that answers it. */
async function open(timeoutMs = 1) {
  let handler: DatagramHandler | undefined;
  const sent: Uint8Array[] = [];
  const strays: Stray[] = [];
  const runtime = fakeRuntime({
    bind: (addr) =>
      Promise.resolve({
        addr,
        start: (given) => handler = given,
        send: (data) => sent.push(data.slice()) > 0,
        drain: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  });
  const onStray = (stray: Stray) => void strays.push(stray);
  const client = await openDatagramClient(SERVER, {
    ...{ runtime, timeoutMs, onStray },
  });
  const say = (data: Uint8Array | readonly number[], from = SERVER) =>
    handler!.onDatagram(Uint8Array.from(data), from);
  const send = (number: number, ...bytes: number[]) =>
    client.exchange({ number, bytes: Uint8Array.from(bytes) });
  return { client, sent, strays, say, send };
}

Deno.test("a datagram comes back from whom it was sent to, and nobody else", async () => {
  const { sent, say, send } = await open();
  const answer = send(1, 1, 2, 3);
  say([9], { ...SERVER, port: 8 });
  say([9], { ...SERVER, hostname: "127.0.0.2" });
  say(sent[0]);
  await answer;
});

Deno.test("an answer that comes too late is not taken for the next one", async () => {
  const { sent, say, send, strays } = await open();
  await assertRejects(() => send(1, 1, 1), ExchangeError, "no answer within 1");
  const answer = send(2, 2, 2);
  say(sent[0]);
  assertEquals(strays, [{ kind: "late", number: 1 }]);
  say(sent[1]);
  await answer;
});

Deno.test("an answer that comes again is counted as such, at any time", async () => {
  const { sent, say, send, strays } = await open();
  const first = send(1, 1);
  say(sent[0]);
  say(sent[0]);
  await first;
  const second = send(2, 2);
  say(sent[0]);
  say(sent[1]);
  await second;
  say(sent[1]);
  assertEquals(strays.map(({ kind }) => kind), new Array(3).fill("duplicate"));
  assertEquals(strays.map(({ number }) => number), [1, 1, 2]);
});

Deno.test("an answer to nothing that was sent fails the message, but not the client", async () => {
  const wrong: readonly [readonly number[], string][] = [
    [[1, 2, 4], "wrong byte at offset 2: expected 0x03, got 0x04"],
    [[1, 2], "a datagram of 3 bytes has come back with 2"],
    [[1, 2, 3, 4], "a datagram of 3 bytes has come back with 4"],
    [[], "a datagram of 3 bytes has come back with 0"],
  ];
  const { client, sent, say, send } = await open();
  for (const [data, message] of wrong) {
    const answer = send(1, 1, 2, 3);
    say(data);
    await assertRejects(() => answer, ExchangeError, message);
  }
  assertEquals(client.failure, undefined);
  const answer = send(2, 5);
  say(sent.at(-1)!);
  await answer;
});
