import {
  describeTls,
  descriptorsOf,
  ipOf,
  isRequested,
  namesOf,
} from "../src/guest.ts";
import type { Addr, NetAddr, TlsSession } from "../src/net.ts";
import { assertEquals } from "./assert.ts";
import { FakeConn, tcp } from "./fake_conn.ts";

const UNIX: Addr = { transport: "unix", path: "" };

Deno.test("ipOf is the address, and on Unix sockets there is none", () => {
  assertEquals(ipOf(tcp("192.0.2.1", 7)), "192.0.2.1");
  assertEquals(ipOf({ ...tcp("::1", 7), transport: "tls" }), "::1");
  assertEquals(ipOf(UNIX), undefined);
});

Deno.test("namesOf names the peer, and the client that it speaks for", () => {
  const client = tcp("2001:db8::1", 54_321);
  const cases: [Addr, NetAddr | undefined, ReturnType<typeof namesOf>][] = [
    [tcp("192.0.2.1", 7), undefined, { peer: "192.0.2.1:7" }],
    [tcp("::1", 7), undefined, { peer: "[::1]:7" }],
    [UNIX, undefined, { peer: "unix" }],
    [UNIX, client, { peer: "unix", client: "[2001:db8::1]:54321" }],
  ];
  for (const [peer, client, names] of cases) {
    assertEquals(namesOf(new FakeConn(peer), client), names);
  }
});

Deno.test("describeTls tells the version, and the protocol that was agreed on", () => {
  const cases: [
    TlsSession | undefined,
    ReturnType<typeof describeTls>,
  ][] = [
    [undefined, {}],
    [{ protocol: "TLSv1.3" }, { tls: "TLSv1.3" }],
    [{ protocol: "TLSv1.2", alpn: "h2" }, { tls: "TLSv1.2", alpn: "h2" }],
    [{ protocol: "TLSv1.3", alpn: "" }, { tls: "TLSv1.3" }],
  ];
  for (const [session, described] of cases) {
    assertEquals(describeTls(session), described);
  }
});

Deno.test("HTTP comes as requests, and takes two more sockets", () => {
  for (const protocol of ["http", "https"] as const) {
    assertEquals([isRequested(protocol), descriptorsOf(protocol)], [true, 3]);
  }
  for (const protocol of ["tcp", "tls", "unix"] as const) {
    assertEquals([isRequested(protocol), descriptorsOf(protocol)], [false, 1]);
  }
});
