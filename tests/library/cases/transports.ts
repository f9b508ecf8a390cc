import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { connect as connectTls } from "node:tls";
import {
  type EchoServer,
  OptionError,
  serveEcho,
  type ServeEchoOptions,
  type ServerRecord,
} from "../../../mod.ts";
import { type Cases, inTime, portOf } from "../client.ts";

const LOOPBACK = "127.0.0.1";
const HEADER = "PROXY TCP4 192.0.2.1 198.51.100.7 54321 7\r\n";
const CLIENT = { transport: "tcp", hostname: "192.0.2.1", port: 54_321 };
const TRUSTED = {
  proxyProtocol: "require",
  trustedProxies: [LOOPBACK],
} as const;
const TLS = { listen: "tls://127.0.0.1:0", selfSigned: true } as const;

/** TLS, paths and PROXY headers. */
export const transportCases: Cases = {
  "a client that trusts the certificate talks over TLS": async () => {
    await using server = await serveEcho({ ...TLS, alpn: ["echo"] });
    assert.match(server.url, /^tls:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const socket = await secure(server, await plain(server), ["other", "echo"]);
    assert.equal(await echo(socket, "hello"), "hello");
    const connection = await server.waitForConnection();
    assert.equal(await connection.closed, "eof");
    assert.deepEqual(connection.tls, { protocol: "TLSv1.3", alpn: "echo" });
    assert.equal(connection.protocol, "tls");
    assert.equal(server.stats.protocols.tls.bytesOut, 5);
    assert.deepEqual([connection.bytesIn, connection.bytesOut], [5, 5]);
  },

  "a megabyte comes back over TLS, to its last byte": async () => {
    await using server = await serveEcho(TLS);
    const text = "0123456789abcdef".repeat(65_536);
    const socket = await secure(server, await plain(server));
    assert.equal(await echo(socket, text) === text, true);
  },

  "a client that does not trust the certificate counts as a failure":
    async () => {
      const records: ServerRecord[] = [];
      const onRecord = (record: ServerRecord) => void records.push(record);
      await using server = await serveEcho({ ...TLS, onRecord });
      await using other = await serveEcho(TLS);
      const { certificate } = other;
      const socket = await plain(server);
      const port = socket.localPort;
      await assert.rejects(secure({ certificate }, socket));
      await until(() => server.stats.failedHandshakes === 1);
      assert.equal(server.stats.accepted, 0);
      const [listening, error, ...more] = records;
      assert(listening.event === "listening" && error.event === "error");
      assert.match(listening.fingerprint ?? "", /^([\dA-F]{2}:){31}/);
      assert.equal(error.peer, `127.0.0.1:${port}`);
      // Some clients leave without a word.
      assert.match(
        error.message,
        /^TLS handshake failed: the client (does not trust .*|has left)$/,
      );
      assert.deepEqual(more, []);
    },

  "a slow handshake can be waited for after a faster one": async () => {
    await using server = await serveEcho(TLS);
    const slow = await plain(server);
    await echo(await secure(server, await plain(server)), "hello");
    assert.equal((await server.waitForConnection(2)).id, 2);
    const first = server.waitForConnection(1);
    const [connection] = await Promise.all([
      first,
      secure(server, slow).then((socket) => echo(socket, "hello")),
    ]);
    assert.equal(connection.id, 1);
  },

  "it echoes on a path, whose file goes with it": async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/echo.sock`;
    {
      const options = { listen: `unix:${path}`, unixMode: 0o600 };
      await using server = await serveEcho(options);
      assert.deepEqual(server.addrs, [{ transport: "unix", path }]);
      assert.deepEqual([server.url, server.port], [`unix:${path}`, 0]);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(
        await echo(await opened(connect({ path })), "hello"),
        "hello",
      );
      const { peer, closed } = await server.waitForConnection();
      assert.deepEqual(peer, { transport: "unix", path: "" });
      assert.equal(await closed, "eof");
    }
    assert.equal(existsSync(path), false);
  },

  "it listens on several transports at once": async () => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/echo.sock`;
    const listen = [`unix:${path}`, "tcp://127.0.0.1:0", TLS.listen];
    await using server = await serveEcho({ ...TLS, listen });
    const transports = server.addrs.map(({ transport }) => transport);
    assert.deepEqual(transports, ["unix", "tcp", "tls"]);
    assert.equal(server.port, portOf(server.addrs[1]));
    const [, , tls] = server.addrs;
    const sockets = [
      await opened(connect({ path })),
      await plain(server),
      await secure(server, await opened(connect(portOf(tls), LOOPBACK))),
    ];
    for (const [i, socket] of sockets.entries()) {
      assert.equal(await echo(socket, `hello ${i}`), `hello ${i}`);
      const connection = await server.waitForConnection(i + 1);
      assert.equal(connection.tls !== undefined, i === 2);
    }
  },

  "a PROXY header tells of the client, and is not echoed": async () => {
    for (const listen of ["tcp://127.0.0.1:0", "tls://127.0.0.1:0"]) {
      const isTls = listen.startsWith("tls");
      const options = { ...TRUSTED, listen, selfSigned: isTls, record: true };
      await using server = await serveEcho(options);
      const socket = await plain(server);
      socket.write(HEADER);
      const { localPort: port } = socket;
      const over = isTls ? await secure(server, socket) : socket;
      assert.equal(await echo(over, "hello"), "hello");
      const connection = await server.waitForConnection();
      assert.deepEqual(connection.client, CLIENT);
      const peer = { ...connection.peer };
      assert.deepEqual([peer.transport, portOf(connection.peer)], [
        isTls ? "tls" : "tcp",
        port,
      ]);
      assert.equal(connection.tls?.protocol, isTls ? "TLSv1.3" : undefined);
      assert.equal(connection.text(), "hello");
    }
  },

  "a header and what follows it may come in one piece, or byte by byte":
    async () => {
      await using server = await serveEcho(TRUSTED);
      const whole = await plain(server);
      assert.equal(await echo(whole, `${HEADER}hello`, 5), "hello");
      const slow = await plain(server);
      slow.setNoDelay(true);
      for (const byte of HEADER) {
        slow.write(byte);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.equal(await echo(slow, "hello"), "hello");
      assert.deepEqual((await server.waitForConnection(2)).client, CLIENT);
    },

  "ranges keep IPv4 and IPv6 apart": async () => {
    await using server = await serveEcho({
      faults: [{ kind: "refuse", peer: "::/0" }],
    });
    assert.equal(await echo(await plain(server), "hello"), "hello");
  },

  "TLS and PROXY options that do not fit are OptionErrors": async () => {
    const { certificate: cert } = await serveEcho(TLS).then(closed);
    const tls = "tls://127.0.0.1:0";
    const wrong: readonly [options: ServeEchoOptions, complaint: RegExp][] = [
      [{ listen: tls }, /without a certificate: use cert and key, or selfS/],
      [{ selfSigned: true }, /^Cannot use selfSigned without TLS: listen on/],
      [{ alpn: ["h2"] }, /^Cannot use alpn without TLS/],
      [{ ...TLS, cert }, /selfSigned together with cert/],
      [{ listen: tls, cert, key: "x" }, /^Cannot use key: expected a private/],
      [{ listen: tls, cert: "x", key: "x" }, /^Cannot use cert: expected a c/],
      [{ ...TLS, clientCa: "x" }, /^Cannot use clientCa: expected a certific/],
      [{ proxyProtocol: "require" }, /require without trustedProxies: expect/],
      [{ trustedProxies: [LOOPBACK] }, /trustedProxies without proxyProtocol/],
      [{ ...TRUSTED, trustedProxies: ["x"] }, /^Cannot trust "x": expected a/],
      [{ handshakeTimeoutMs: -1 }, /handshakeTimeoutMs -1: expected a whole/],
      [{ listen: "unix:" }, /^Cannot listen on "unix:": expected unix:PATH/],
    ];
    for (const [options, complaint] of wrong) await fails(options, complaint);
  },

  "what has the wrong type is an OptionError that names it": async () => {
    const path = `unix:${tmpdir()}/echod-test-${crypto.randomUUID()}`;
    // As programs without types may give them.
    const wrong: readonly [options: object, complaint: RegExp][] = [
      [{ ...TRUSTED, proxyProtocol: "sometimes" }, /proxyProtocol.*sometimes/],
      [{ ...TLS, alpn: ["x".repeat(256)] }, /alpn/],
      [{ ...TLS, alpn: [""] }, /alpn/],
      [{ listen: path, unixMode: -1 }, /unixMode -1/],
      [{ listen: path, unixMode: 0.5 }, /unixMode 0\.5/],
    ];
    for (const [options, complaint] of wrong) await fails(options, complaint);
  },
};

/** Checks what the OptionError of a server says that cannot start. */
async function fails(options: ServeEchoOptions, complaint: RegExp) {
  await assert.rejects(serveEcho(options).then(closed), (error) => {
    assert(error instanceof OptionError, `${complaint}: ${error}`);
    assert.match(error.message, complaint);
    return true;
  });
}

/** Closes a server that should not have started, and what it was. */
async function closed(server: EchoServer): Promise<EchoServer> {
  await server.close();
  return server;
}

/** A connected socket of a server's port. */
function plain({ port }: EchoServer): Promise<Socket> {
  return opened(connect(port, LOOPBACK));
}

/** Waits until a socket is connected. */
async function opened(socket: Socket, event = "connect"): Promise<Socket> {
  const opening = new Promise<void>((resolve, reject) => {
    socket.once(event, resolve).once("error", reject);
  });
  try {
    await inTime(opening, event);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Does a client's handshake over a socket. */
function secure(
  { certificate: ca }: Pick<EchoServer, "certificate">,
  socket: Socket,
  ALPNProtocols?: string[],
): Promise<Socket> {
  const options = { socket, ca, servername: "localhost", ALPNProtocols };
  return opened(connectTls(options), "secureConnect");
}

/** Sends a text, gives back all that comes back, and ends once it is here. */
function echo(socket: Socket, text: string, length = text.length) {
  let answer = "";
  const ended = new Promise<string>((resolve, reject) => {
    socket.on("data", (data) => {
      answer += data;
      if (answer.length >= length) socket.end();
    });
    socket.once("end", () => resolve(answer)).once("error", reject);
    socket.write(text);
  });
  return inTime(ended, "the echo");
}

/** Waits for something that nothing announces. */
function until(isSo: () => boolean): Promise<void> {
  const wait = async () => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return inTime(wait(), String(isSo));
}

/** A directory that is gone after the test. */
function temporaryDirectory() {
  const path = mkdtempSync(`${tmpdir()}/echod-test-`);
  const remove = () => rmSync(path, { recursive: true });
  return { path, [Symbol.dispose]: remove };
}
