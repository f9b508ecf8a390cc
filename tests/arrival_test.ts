import { Buffer } from "node:buffer";
import {
  Arrivals,
  ArrivalTimeout,
  isTrusted,
  type ProxyOptions,
  proxyOptions,
  readTrusted,
} from "../src/arrival.ts";
import { OptionError } from "../src/errors.ts";
import type { Addr, TlsSession } from "../src/net.ts";
import { ProxyHeaderError } from "../src/proxy_protocol.ts";
import { Subnet } from "../src/subnet.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "./assert.ts";
import { bytesOf, FakeConn, FakeTlsConn } from "./fake_conn.ts";
import { inTime, tcp, textOf, turn } from "./fake_conn.ts";

type Mode = ProxyOptions["mode"];
const MODES: readonly Mode[] = ["optional", "require"];

const CLIENT = tcp("192.0.2.1", 54_321);
const LINE = bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 54321 7\r\n");
const SIGNATURE = "0d0a0d0a000d0a515549540a";
const ADDRESSES = "c0000201c6336407d4310007";

/** A header of version 2, in hexadecimal digits after its signature. */
function binary(hex: string): Uint8Array {
  return Buffer.from(SIGNATURE + hex, "hex");
}

const BLOCK = binary(`2111000c${ADDRESSES}`);
// As long as any can be, and so longer than a buffer.
const LONG_BLOCK = binary(`2111ffff${ADDRESSES}eefff0${"00".repeat(65_520)}`);

/** Reads a header, without a limit of time unless there is one. */
function readFrom(conn: FakeConn, mode: Mode, timeoutMs = 60_000) {
  return inTime(
    new Arrivals().readProxyHeader(conn, mode, timeoutMs),
    "the PROXY header",
  );
}

/** Reads as the echo would, up to the end of the stream. */
async function restOf(conn: FakeConn): Promise<string> {
  const buffer = new Uint8Array(100);
  let rest = "";
  for (let read; (read = await conn.read(buffer)) !== null;) {
    rest += textOf(buffer.subarray(0, read));
  }
  return rest;
}

/** A connection that sends something in chunks of a size, then FIN. */
function sending(data: Uint8Array, size = data.length): FakeConn {
  const conn = new FakeConn();
  for (let at = 0; at < data.length; at += size) {
    conn.send(data.slice(at, at + size));
  }
  conn.sendFin();
  return conn;
}

function withHello(header: Uint8Array): Uint8Array {
  return Buffer.concat([header, bytesOf("hello")]);
}

// Each with the client that it names.
const HEADERS = [
  [LINE, CLIENT],
  [BLOCK, CLIENT],
  [bytesOf("PROXY UNKNOWN\r\n"), undefined],
  [binary("20000000"), undefined],
] as const;

Deno.test("readProxyHeader finds the client, however a header is cut", async () => {
  for (const [header, client] of HEADERS) {
    for (let size = 1; size <= header.length + 5; size++) {
      for (const mode of MODES) {
        const conn = sending(withHello(header), size);
        assertEquals(await readFrom(conn, mode), client, `${size}`);
        assertEquals(await restOf(conn), "hello", `${size}`);
        assertEquals(conn.calls, []);
      }
    }
  }
});

Deno.test("readProxyHeader waits for the rest, without a limit for ever", async () => {
  for (const header of [LINE, BLOCK]) {
    const conn = new FakeConn();
    const client = readFrom(conn, "require", 0);
    for (const part of [header.slice(0, 5), header.slice(5, 20)]) {
      conn.send(part);
      await turn();
    }
    conn.send(header.slice(20));
    assertEquals(await client, CLIENT);
    assertEquals(conn.calls, []);
  }
});

Deno.test("readProxyHeader reads a header that is longer than its buffer", async () => {
  const conn = sending(withHello(LONG_BLOCK));
  assertEquals(await readFrom(conn, "require"), CLIENT);
  assertEquals(await restOf(conn), "hello");
});

Deno.test("what follows a header comes first in the next read", async () => {
  const conn = new FakeConn();
  conn.send(withHello(LINE));
  conn.send("again");
  conn.sendFin();
  await readFrom(conn, "require");
  assertEquals(await conn.read(new Uint8Array(100)), 5);
  assertEquals(await restOf(conn), "again");
});

Deno.test("a second header is payload", async () => {
  const conn = sending(Buffer.concat([BLOCK, LINE]));
  assertEquals(await readFrom(conn, "require"), CLIENT);
  assertEquals(await restOf(conn), textOf(LINE));
});

Deno.test("optional leaves what is no header as it came", async () => {
  for (const text of ["hello", "PROXIMITY", "\r\n\r\nhello", "PROX", "\r\n"]) {
    for (const size of [1, 4, 100]) {
      const conn = sending(bytesOf(text), size);
      assertEquals(await readFrom(conn, "optional"), undefined);
      assertEquals(await restOf(conn), text);
    }
  }
});

Deno.test("optional does not wait for more than what tells", async () => {
  const conn = new FakeConn();
  conn.send("PROXi");
  assertEquals(await readFrom(conn, "optional"), undefined);
  conn.send("ty");
  conn.sendFin();
  assertEquals(await restOf(conn), "PROXity");
});

Deno.test("require refuses what is no header", async () => {
  for (const text of ["hello", "PROXIMITY", "\r\n\r\nhello"]) {
    const conn = sending(bytesOf(text), 3);
    await assertRejects(
      () => readFrom(conn, "require"),
      ProxyHeaderError,
      "expected a PROXY header, found none",
    );
  }
});

Deno.test("a malformed header is an error, optional or not", async () => {
  for (const header of [bytesOf("PROXY SCTP\r\n"), binary("3111000c")]) {
    for (const mode of MODES) {
      await assertRejects(
        () => readFrom(sending(header), mode),
        ProxyHeaderError,
        "malformed PROXY header",
      );
    }
  }
});

Deno.test("who leaves without a word lacks no header", async () => {
  for (const mode of MODES) {
    const conn = sending(bytesOf(""));
    assertEquals(await readFrom(conn, mode), undefined);
    assertEquals(await restOf(conn), "");
  }
});

Deno.test("who leaves within a header is an error where one is required", async () => {
  for (const header of [LINE, BLOCK]) {
    for (const length of [1, 16, header.length - 1]) {
      const part = header.slice(0, length);
      await assertRejects(
        () => readFrom(sending(part), "require"),
        ProxyHeaderError,
        "the stream ended within its PROXY header",
      );
      const conn = sending(part, 10);
      assertEquals(await readFrom(conn, "optional"), undefined);
      assertEquals(await restOf(conn), textOf(part));
    }
  }
});

Deno.test("a header that takes too long drops the connection", async () => {
  for (const text of ["", "PROXY TCP4 "]) {
    for (const mode of MODES) {
      const conn = new FakeConn();
      if (text) conn.send(text);
      await assertRejects(
        () => readFrom(conn, mode, 20),
        ArrivalTimeout,
        "there was no PROXY header within 20 ms",
      );
      assertEquals(conn.calls, ["abort"]);
    }
  }
});

Deno.test("startTls passes on what the handshake comes to", async () => {
  const session: TlsSession = { protocol: "TLSv1.3" };
  const arrivals = new Arrivals();
  const conns = [new FakeTlsConn(), new FakeTlsConn()];
  conns[0].handshake.resolve(session);
  assertEquals(await arrivals.startTls(conns[0], 60_000), session);
  conns[1].handshake.reject(new RangeError("no cipher"));
  const failing = () => arrivals.startTls(conns[1], 60_000);
  await assertRejects(failing, RangeError, "no cipher");
  // Neither of them is about to arrive any more.
  arrivals.abortAll();
  assertEquals(conns.map(({ calls }) => calls), [[], []]);
  assertEquals(conns.map(({ handshakes }) => handshakes), [1, 1]);
});

Deno.test("a handshake that takes too long drops the connection", async () => {
  const conn = new FakeTlsConn();
  await assertRejects(
    () => new Arrivals().startTls(conn, 20),
    ArrivalTimeout,
    "it was not done within 20 ms",
  );
  assertEquals(conn.calls, ["abort"]);
});

Deno.test("abortAll drops who has not arrived, and nobody else", async () => {
  const arrivals = new Arrivals();
  const conns = [new FakeConn(), new FakeConn(), new FakeConn()];
  const read = conns.map((conn) =>
    arrivals.readProxyHeader(conn, "require", 0)
  );
  conns[2].send(LINE);
  assertEquals(await read[2], CLIENT);
  arrivals.abortAll();
  for (const promise of read.slice(0, 2)) {
    await assertRejects(() => promise, Error, "closed by this side");
  }
  assertEquals(conns.map(({ closed }) => closed), [true, true, false]);
  arrivals.abortAll();
  assertEquals(conns.map(({ calls }) => calls), [["abort"], ["abort"], []]);
});

Deno.test("isTrusted asks for the address, or for a Unix socket", () => {
  const peers = {
    ipv4: tcp("10.1.2.3", 7),
    mapped: tcp("::ffff:10.1.2.3", 7),
    ipv6: { ...tcp("2001:db8::1", 7), transport: "tls" },
    unix: { transport: "unix", path: "" },
  } as const satisfies Record<string, Addr>;
  const cases: [trusted: string[], peers: string[]][] = [
    [[], []],
    [["10.0.0.0/8"], ["ipv4", "mapped"]],
    [["192.0.2.1", "2001:db8::/32"], ["ipv6"]],
    [["unix"], ["unix"]],
    [["::/0", "0.0.0.0/0"], ["ipv4", "mapped", "ipv6"]],
    [["10.1.2.3", "unix"], ["ipv4", "mapped", "unix"]],
  ];
  for (const [texts, expected] of cases) {
    const options = {
      mode: "require",
      trusted: texts.map(readTrusted),
    } as const;
    const found = Object.entries(peers).filter(([, peer]) =>
      isTrusted(options, peer)
    );
    assertEquals(found.map(([name]) => name), expected, `${texts}`);
  }
});

Deno.test("readTrusted takes unix, addresses and ranges", () => {
  assertEquals(readTrusted("unix"), "unix");
  assertEquals(`${readTrusted("10.0.0.0/8")}`, "10.0.0.0/8");
  for (const text of ["", "UNIX", "localhost", "unix:/run/echo.sock"]) {
    assertThrows(() => readTrusted(text), OptionError, "expected an IP", text);
  }
});

Deno.test("proxyOptions wants mode and trust together, or neither", () => {
  const names = { mode: "--mode", trusted: "--trusted" };
  const trusted = [Subnet.parse("127.0.0.1"), "unix"] as const;
  assertEquals(proxyOptions("off", [], names), undefined);
  for (const mode of MODES) {
    const options = proxyOptions(mode, trusted, names);
    assert(options?.mode === mode && options.trusted === trusted);
    assertThrows(
      () => proxyOptions(mode, [], names),
      OptionError,
      `Cannot use --mode ${mode} without --trusted: expected whom to trust`,
    );
  }
  assertThrows(
    () => proxyOptions("off", trusted, names),
    OptionError,
    "Cannot use --trusted without --mode: expected optional or require",
  );
});
