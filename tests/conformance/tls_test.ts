import { X509Certificate } from "node:crypto";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  connect,
  connectNode,
  Digest,
  echoes,
  noise,
  peerOf,
  receiveAll,
  reset,
  send,
  sha256,
} from "../client.ts";
import { type ServerProcess, soon } from "../server_process.ts";
import { connectNodeTls } from "../tls_client.ts";
import { certificateOf, type Stack } from "../transports.ts";
import { coreStacksOn } from "../wine/core.ts";

const MIB = 1024 * 1024;
// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

/** The beginning of a ClientHello. */
const HALF_HELLO = new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 1, 2]);

/** Clients that never get through a handshake, and what is said of them. */
const FAILURES: readonly [
  name: string,
  act: (server: ServerProcess, stack: Stack) => Promise<string>,
  message: RegExp,
][] = [
  ["speaks HTTP", (server) => say(server, HTTP), /does not speak TLS/],
  ["speaks nonsense", (server) => say(server, noise(1000)), /./],
  ["closes at once", (server) => leave(server), /the client has left/],
  [
    "closes within its hello",
    (server) => leave(server, HALF_HELLO),
    /the client has left/,
  ],
  [
    "resets within its hello",
    async (server, stack) => {
      const socket = await connectNode(server.port);
      const peer = `127.0.0.1:${socket.localPort}`;
      socket.write(HALF_HELLO);
      // One that comes later is served, so this one was accepted.
      using later = await stack.dial(server);
      await echoes(later);
      await reset(socket);
      return peer;
    },
    /the client has left/,
  ],
  [
    "trusts nobody",
    (server) => distrust(server),
    /: the client does not trust the server's certificate$/,
  ],
];

const HTTP = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

/** Says something in the clear and waits for the end. */
async function say(
  { port }: ServerProcess,
  data: Uint8Array,
): Promise<string> {
  using conn = await connect(port);
  await send(conn, data);
  await receiveAll(conn).catch((error) => {
    assert(error instanceof Deno.errors.ConnectionReset, `${error}`);
  });
  return peerOf(conn);
}

/** Leaves without another word. */
async function leave(
  { port }: ServerProcess,
  data?: Uint8Array,
): Promise<string> {
  using conn = await connect(port);
  if (data) await send(conn, data);
  return peerOf(conn);
}

/** Breaks off at the sight of the certificate. */
async function distrust({ port }: ServerProcess): Promise<string> {
  using conn = await Deno.connectTls({ hostname: "127.0.0.1", port });
  await conn.handshake().then(
    () => assert(false, "the client trusts whoever comes"),
    () => {},
  );
  return peerOf(conn);
}

/** What both sides have agreed on. */
async function agree(
  server: ServerProcess,
  alpnProtocols?: string[],
): Promise<readonly unknown[]> {
  using conn = await Deno.connectTls({
    hostname: "localhost",
    port: server.port,
    caCerts: [await certificateOf(server)],
    alpnProtocols,
  });
  const { alpnProtocol } = await conn.handshake();
  const peer = peerOf(conn);
  const { tls, alpn } = await server.waitFor({ event: "connect", peer });
  return [tls, alpn, alpnProtocol ?? undefined];
}

/** Passes bytes on until there are no more. */
async function forward(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  for (;;) {
    const read = await from.read(buffer);
    if (read === null) return;
    await send(to, buffer.subarray(0, read));
  }
}

for (const stack of coreStacksOn("tls")) {
  for (const [name, act, message] of FAILURES) {
    Deno.test(`${stack.name}: a client that ${name} is one error record and harms nobody`, async () => {
      await using server = await stack.start();
      using before = await stack.dial(server);
      const peer = await act(server, stack);
      const record = await server.waitFor({ event: "error" });
      assertEquals(record.peer, peer);
      assertMatch(`${record.message}`, /^TLS handshake failed: ./);
      assertMatch(`${record.message}`, message);
      using after = await stack.dial(server);
      await echoes(after);
      await echoes(before);
      assertEquals(server.all({ event: "error" }).length, 1);
      assertEquals(server.all({ event: "connect", peer }), []);
    });
  }

  Deno.test(`${stack.name}: --handshake-timeout cuts a handshake that stalls`, async () => {
    const flags = ["--handshake-timeout", "300ms"];
    await using server = await stack.start(...flags);
    for (const hello of [new Uint8Array(), HALF_HELLO]) {
      using stalled = await connect(server.port);
      const began = performance.now();
      await send(stalled, hello);
      await receiveAll(stalled).catch(() => {});
      const ms = performance.now() - began;
      assert(ms >= 300 - EARLY_MS && ms < 5000, `${ms} ms`);
      const peer = peerOf(stalled);
      const { message } = await server.waitFor({ event: "error", peer });
      assertMatch(`${message}`, /^TLS handshake failed: .* within 300 ms$/);
    }
    // Not so of a client that has done it.
    using good = await stack.dial(server);
    using stalled = await connect(server.port);
    await receiveAll(stalled).catch(() => {});
    await echoes(good);
    await server.waitFor({ event: "error" }, 3);
    assertEquals(server.all({ event: "disconnect" }), []);
  });

  Deno.test(`${stack.name}: a handshake counts for --max-connections until it fails`, async () => {
    const flags = ["--max-connections", "1", "--handshake-timeout", "1h"];
    await using server = await stack.start(...flags);
    const stalled = await connect(server.port);
    await send(stalled, HALF_HELLO);
    using second = await stack.open(server);
    await second.read(new Uint8Array(1)).catch(() => {});
    const { peer } = await server.waitFor({ event: "refused" });
    assertEquals(peer, peerOf(second));
    stalled.close();
    await server.waitFor({ event: "error" });
    using third = await stack.dial(server);
    await echoes(third);
  });

  Deno.test(`${stack.name}: SIGTERM does not wait for a handshake that stalls`, async () => {
    await using server = await stack.start("--shutdown-timeout", "1h");
    using stalled = await connect(server.port);
    await send(stalled, HALF_HELLO);
    // A client that came later is served: the first was accepted, too.
    (await stack.dial(server)).close();
    await server.waitFor({ event: "disconnect" });
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: the connect record has the version, and ALPN if it is agreed on`, async () => {
    await using plain = await stack.start();
    const nothing = ["TLSv1.3", undefined, undefined];
    assertEquals(await agree(plain), nothing);
    assertEquals(await agree(plain, ["echo"]), nothing);
    const flags = ["--alpn", "echo", "--alpn", "other"];
    await using server = await stack.start(...flags);
    assertEquals(await agree(server), nothing);
    assertEquals(await agree(server, ["echo"]), ["TLSv1.3", "echo", "echo"]);
    // The server's order decides.
    const both = await agree(server, ["other", "echo"]);
    assertEquals(both, ["TLSv1.3", "echo", "echo"]);
  });

  Deno.test(`${stack.name}: a client with no protocol of --alpn is refused`, async () => {
    await using server = await stack.start("--alpn", "echo");
    using conn = await Deno.connectTls({
      hostname: "localhost",
      port: server.port,
      caCerts: [await certificateOf(server)],
      alpnProtocols: ["nonsense"],
    });
    await conn.handshake().catch(() => {});
    const { peer } = await server.waitFor({ event: "error" });
    assertEquals(peer, peerOf(conn));
    assertEquals(server.all({ event: "connect" }), []);
  });

  Deno.test(`${stack.name}: TLS 1.2 echoes 1 MiB`, async () => {
    await using server = await stack.start();
    const options = { maxVersion: "TLSv1.2" } as const;
    const { socket } = await connectNodeTls(server, options);
    const { tls } = await server.waitFor({ event: "connect" });
    assertEquals(tls, "TLSv1.2");
    const data = noise(MIB);
    const digest = new Digest();
    const received = new Promise<void>((resolve) =>
      socket.on("data", (chunk: Uint8Array) => {
        digest.add(chunk);
        if (digest.bytes >= MIB) resolve();
      })
    );
    socket.write(data);
    await soon(received, "the echo");
    assertEquals(digest.hex(), sha256(data));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.end();
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "eof");
    await soon(closed, "the end");
  });

  Deno.test(`${stack.name}: a client that only ends with FIN gets all of its echo, too`, async () => {
    await using server = await stack.start();
    using relay = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [client, below] = await Promise.all([
      Deno.connectTls({
        hostname: "localhost",
        port: relay.addr.port,
        caCerts: [await certificateOf(server)],
      }),
      relay.accept(),
    ]);
    const above = await connect(server.port);
    // What the client says at last comes too late for that.
    const forwarding = forward(below, above).catch(() => {});
    const answering = forward(above, below);
    await echoes(client, noise(1000));
    await above.closeWrite();
    assertEquals((await receiveAll(client)).bytes, 0);
    client.close();
    await Promise.all([forwarding, answering]);
    above.close();
    below.close();
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "eof");
  });

  Deno.test(`${stack.name}: the listening record has the fingerprint of the certificate`, async () => {
    await using server = await stack.start();
    const { fingerprint256 } = new X509Certificate(await certificateOf(server));
    const { fingerprint } = await server.waitFor({ event: "listening" });
    assertEquals(fingerprint, fingerprint256);
    const { socket } = await connectNodeTls(server);
    assertEquals(socket.getPeerCertificate().fingerprint256, fingerprint256);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  });
}
