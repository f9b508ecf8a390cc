import { bind } from "../../src/adapters/deno/datagram.ts";
import { assertEquals } from "../assert.ts";
import { turn } from "../fake_conn.ts";
import { udp } from "../udp/fake_socket.ts";
import { openWith } from "./answering_socket.ts";

/** Has Deno open other sockets for datagrams until the end of the test. */
function replaceListenDatagram(value: unknown): Disposable {
  const { listenDatagram } = Deno;
  const put = (value: unknown) =>
    Object.defineProperty(Deno, "listenDatagram", {
      ...{ value, configurable: true },
    });
  put(value);
  return { [Symbol.dispose]: () => put(listenDatagram) };
}

Deno.test("Deno.listenDatagram, which may broadcast, is for loopback alone", async () => {
  const { listenDatagram } = Deno;
  const hosts: (string | undefined)[] = [];
  using _ = replaceListenDatagram((options: { hostname?: string }) => {
    hosts.push(options.hostname);
    return Reflect.apply(listenDatagram, Deno, [options]);
  });
  for (const hostname of ["127.0.0.1", "0.0.0.0"]) {
    const socket = await bind(udp(hostname, 0), {});
    await socket.close();
  }
  assertEquals(hosts, ["127.0.0.1"]);
});

/** A socket of the system that sends when it is told to. */
class SlowSocket {
  readonly addr = udp("127.0.0.1", 7);
  /** What is being sent, and what ends that. */
  readonly sends: [data: Uint8Array, end: () => void][] = [];
  /** Where it has received. */
  readonly buffers = new Set<ArrayBufferLike>();
  #receiving?: { buffer: Uint8Array; wait: PromiseWithResolvers<unknown> };

  receive(buffer: Uint8Array): Promise<unknown> {
    this.buffers.add(buffer.buffer);
    const wait = Promise.withResolvers<unknown>();
    this.#receiving = { buffer, wait };
    return wait.promise;
  }

  /** Has a datagram come, all of whose bytes are this. */
  async deliver(byte: number): Promise<void> {
    const { buffer, wait } = this.#receiving!;
    wait.resolve([buffer.subarray(0, 9).fill(byte), udp("127.0.0.1", 50_000)]);
    await turn();
  }

  send(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.sends.push([data, resolve]));
  }

  /** Sends all that waits. */
  async sendAll(): Promise<void> {
    for (const [, end] of this.sends.splice(0)) end();
    await turn();
  }

  close(): void {
    this.#receiving?.wait.reject(new Deno.errors.BadResource("closed"));
  }
}

Deno.test("Deno.listenDatagram: what waits to be sent is not received over", async () => {
  const slow = new SlowSocket();
  using _ = replaceListenDatagram(() => slow);
  using opened = await openWith(bind);
  for (const byte of [1, 2, 3, 4]) await slow.deliver(byte);
  assertEquals(slow.sends.map(([data]) => [...new Set(data)]), [
    ...[[1], [2], [3], [4]],
  ]);
  await slow.sendAll();
  assertEquals(opened.sent.length, 4);
  slow.buffers.clear();
  for (const byte of [5, 6, 7]) {
    await slow.deliver(byte);
    await slow.sendAll();
  }
  // With one answer on its way, two are enough; with none, one is.
  assertEquals(slow.buffers.size, 2);
  opened.state.answers = false;
  slow.buffers.clear();
  for (const byte of [8, 9]) await slow.deliver(byte);
  assertEquals(slow.buffers.size, 1);
});
