import { createSocket } from "node:dgram";
import { once } from "node:events";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { isInstalled, type Outcome, Program, run } from "../e2e/programs.ts";
import { soon } from "../server_process.ts";
import { testIf } from "../targets.ts";
import { BENCH_DIST, buildPrograms } from "./build.ts";
import type { LoadResult } from "./load.ts";
import { Server } from "./processes.ts";

const canBuild = Deno.build.os === "linux" &&
  await isInstalled("cc", "--version");
const test = testIf(canBuild);
const load = `${BENCH_DIST}/load`;
if (canBuild) await buildPrograms();

const WRONG_BYTE = 3;

async function play(
  mode: string,
  port: number,
  ...flags: readonly string[]
): Promise<Outcome> {
  return await run(load, mode, `${port}`, "--seconds", "0.05", ...flags);
}

async function resultOf(
  mode: string,
  port: number,
  ...flags: readonly string[]
): Promise<LoadResult> {
  const { code, stdout, stderr } = await play(mode, port, ...flags);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** Changes one byte of what comes, once so many have come. */
function corrupter(after: number): (data: Uint8Array) => Uint8Array {
  let seen = 0;
  return (data) => {
    const at = after - seen;
    seen += data.length;
    if (at >= 0 && at < data.length) data[at] ^= 4;
    return data;
  };
}

/** A server that echoes what a function makes of each chunk. */
class Echo implements AsyncDisposable {
  readonly port: number;
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #serving: Promise<void>[] = [];
  #accepting: Promise<void>;

  constructor(change: (data: Uint8Array) => Uint8Array) {
    this.port = this.#listener.addr.port;
    this.#accepting = (async () => {
      for await (const conn of this.#listener) {
        this.#serving.push(this.#serve(conn, change));
      }
    })();
  }

  async #serve(conn: Deno.Conn, change: (data: Uint8Array) => Uint8Array) {
    using _closing = conn;
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const read = await conn.read(buffer);
        if (read === null) return;
        const data = change(buffer.subarray(0, read));
        if (data.length === 0) return;
        for (let sent = 0; sent < data.length;) {
          sent += await conn.write(data.subarray(sent));
        }
      }
    } catch {
      // The client has seen enough.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#serving);
  }
}

for (const name of ["epoll", "threads"]) {
  test(`the load client gets everything back from the C server, ${name}`, async () => {
    const command = [`${BENCH_DIST}/${name}`];
    await using server = await Server.start({ name: `${name} test`, command });
    const { port } = server;
    for (
      const [size, connections, pipeline] of [
        [1, 1, 1],
        [64, 50, 1],
        [64, 3, 16],
        // More than sockets and servers hold, so that writes come to a halt.
        [1024 * 1024, 2, 4],
      ]
    ) {
      const { echoes, bytes, seconds, p50Micros, p99Micros } = await resultOf(
        "echo",
        port,
        ...["--size", `${size}`, "--pipeline", `${pipeline}`],
        ...["--connections", `${connections}`, "--warmup", "0.01"],
      );
      assert(echoes >= connections * pipeline, `only ${echoes} echoes`);
      assertEquals(bytes, echoes * size);
      assert(seconds >= 0.05 && p50Micros > 0 && p99Micros >= p50Micros);
    }
    const visits = await resultOf("connect", port, "--connections", "10");
    assert(visits.echoes >= 10);
    const polite = ["--connections", "4", "--rate", "500"];
    const paced = await resultOf("echo", port, ...polite);
    // 4 x 500 a second, for a twentieth of one, however late they are.
    assertEquals(paced.echoes, 100);
  });
}

test("the load client gets datagrams back from the C server", async () => {
  const command = [`${BENCH_DIST}/epoll`, "udp"];
  await using server = await Server.start({ name: "udp test", command });
  const flags = ["--udp", "--connections", "5"];
  const { echoes } = await resultOf("echo", server.port, ...flags);
  assert(echoes >= 5);
});

test("a server's CPU time and memory are seen", async () => {
  const command = [`${BENCH_DIST}/threads`];
  await using server = await Server.start({ name: "cpu test", command });
  const [cpu, { rssKib, pssKib }] = [server.cpuMicros(), server.memory()];
  assert(pssKib > 0 && pssKib <= rssKib);
  const flags = ["--connections", "20"];
  const { echoes } = await resultOf("echo", server.port, ...flags);
  // Two system calls cannot take less than this, nor a ping-pong all the time.
  const perEcho = (server.cpuMicros() - cpu) / echoes;
  assert(perEcho > 0.2 && perEcho < 1000, `${perEcho} us per echo`);
  assert(server.memory().rssKib > rssKib);
});

for (const mode of ["echo", "connect", "idle"]) {
  test(`a wrong byte ends the load client: ${mode}`, async () => {
    // The first bytes are compared by other code than those that follow.
    await using server = new Echo(corrupter(mode === "echo" ? 70_000 : 30));
    const flags = mode === "echo" ? ["--size", "8000"] : [];
    const { code, stdout, stderr } = await play(mode, server.port, ...flags);
    assertEquals([code, stdout], [WRONG_BYTE, ""]);
    assertMatch(stderr, /^wrong byte on connection 0: expected \d+, got \d+$/m);
  });
}

test("a datagram with a wrong byte ends the load client", async () => {
  const socket = createSocket("udp4");
  const change = corrupter(640);
  socket.on("message", (data, { port, address }) => {
    socket.send(change(data), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { code } = await play("echo", socket.address().port, "--udp");
  assertEquals(code, WRONG_BYTE);
  socket.close();
  await once(socket, "close");
});

for (const isRight of [true, false]) {
  const what = isRight ? "right messages pass" : "a wrong byte ends it";
  test(`the load client talks WebSocket: ${what}`, async () => {
    const change = isRight ? (data: Uint8Array) => data : corrupter(640);
    const closed: Promise<unknown>[] = [];
    await using server = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, onListen: () => {} },
    }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      closed.push(new Promise((done) => socket.onclose = done));
      socket.onerror = () => {};
      socket.onmessage = ({ data }) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        socket.send(change(new Uint8Array(data)).slice());
      };
      return response;
    });
    const { port } = server.addr;
    const { code, stderr } = await play("echo", port, "--websocket");
    assertEquals(code, isRight ? 0 : WRONG_BYTE, stderr);
    await soon(Promise.all(closed), "the end of the WebSockets");
  });
}

test("a byte too many ends the load client", async () => {
  await using server = new Echo((data) => Uint8Array.of(...data, data[0]));
  const { code } = await play("echo", server.port);
  assertEquals(code, WRONG_BYTE);
});

test("an end that comes too soon ends the load client", async () => {
  await using server = new Echo(() => new Uint8Array());
  const { code, stderr } = await play("echo", server.port);
  assertEquals([code, stderr.trim()], [1, "the server ended a connection"]);
});

test("flags that make no sense are refused", async () => {
  for (
    const flags of [
      ["--connections", "0"],
      ["--size", "0"],
      ["--udp", "--pipeline", "2"],
      ["--websocket", "--size", "126"],
      ["--nonsense", "1"],
      ["--size"],
    ]
  ) {
    const { code, stderr } = await play("echo", 1, ...flags);
    assertEquals(code, 2, `${flags}: ${stderr}`);
  }
});

test("percentiles are those of a known distribution", async () => {
  const of = async (numbers: readonly number[]) => {
    await using program = new Program(load, ["percentiles"]);
    const writer = program.input.getWriter();
    await writer.write(new TextEncoder().encode(numbers.join("\n")));
    await writer.close();
    const text = await new Response(program.output).text();
    const { p50Micros, p99Micros }: LoadResult = JSON.parse(text);
    return [p50Micros, p99Micros];
  };
  const isNear = (actual: number, expected: number) =>
    assert(
      Math.abs(actual / expected - 1) < 0.016,
      `${actual}, not ${expected}`,
    );
  // From 1 µs to 10 ms, each as often as the other.
  const even = Array.from({ length: 10_000 }, (_, i) => (i + 1) * 1000);
  const [p50, p99] = await of(even.toSorted((a, b) => a % 7 - b % 7));
  isNear(p50, 5000);
  isNear(p99, 9900);
  // One in fifty takes a second.
  const [fast, slow] = await of(even.map((_, i) => i % 50 ? 20_000 : 1e9));
  isNear(fast, 20);
  isNear(slow, 1e6);
  isNear((await of([100]))[0], 0.1);
});
