import {
  isLoopback,
  refuseSource,
  type SourceRefusal,
} from "../../src/udp/guard.ts";
import { assertEquals } from "../assert.ts";
import { udp } from "./fake_socket.ts";

const OWN = new Set([7777, 8888]);

function refusalOf(hostname: string, port = 50_000): SourceRefusal | undefined {
  return refuseSource(udp(hostname, port), OWN);
}

Deno.test("refuseSource lets unicast addresses be answered", () => {
  for (
    const ip of [
      ...[
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "192.0.2.255",
        "1.0.0.0",
        "223.255.255.255",
      ],
      ...["::1", "2001:db8::1", "fe80::1%eth0", "fd00::ff", "::ffff:192.0.2.1"],
      ...["::ff02", "feff::1"],
    ]
  ) {
    assertEquals(refusalOf(ip), undefined, ip);
  }
});

Deno.test("refuseSource refuses broadcast, multicast and reserved addresses", () => {
  for (
    const ip of [
      ...["0.0.0.0", "0.255.255.255", "224.0.0.1", "239.255.255.255"],
      ...["240.0.0.1", "255.255.255.255", "127.255.255.255"],
      ...["::", "ff02::1", "FF0E::1", "ff02::1%eth0"],
      ...["::ffff:0.0.0.0", "::FFFF:224.0.0.1", "::ffff:255.255.255.255"],
    ]
  ) {
    assertEquals(refusalOf(ip), "bad-address", ip);
  }
});

Deno.test("refuseSource refuses ports of services, and those of this server", () => {
  const ports: [port: number, refusal: SourceRefusal | undefined][] = [
    [0, "low-port"],
    [7, "low-port"],
    [19, "low-port"],
    [53, "low-port"],
    [1023, "low-port"],
    [1024, undefined],
    [7776, undefined],
    [7777, "own-port"],
    [8888, "own-port"],
    [65_535, undefined],
  ];
  for (const [port, refusal] of ports) {
    for (const ip of ["127.0.0.1", "192.0.2.1", "2001:db8::1"]) {
      assertEquals(refusalOf(ip, port), refusal, `${ip} ${port}`);
    }
  }
});

Deno.test("refuseSource names the port first where all is wrong", () => {
  assertEquals(refusalOf("255.255.255.255", 7), "low-port");
  assertEquals(refusalOf("ff02::1", 7777), "own-port");
  assertEquals(
    refuseSource(udp("192.0.2.1", 7), new Set([7])),
    "low-port",
  );
});

Deno.test("isLoopback takes what this machine alone can reach, and no more", () => {
  const loopback = ["127.0.0.1", "127.255.0.9", "::1", "0:0:0:0:0:0:0:1"];
  for (const host of [...loopback, "::ffff:127.0.0.1"]) {
    assertEquals(isLoopback(host), true, host);
  }
  for (
    const host of [
      ...["0.0.0.0", "::", "10.0.0.1", "192.168.0.1", "128.0.0.1", "::2"],
      ...["::ffff:10.0.0.1", "fe80::1", "127.0.0.1.example.test", "x127.0.0.1"],
      ...["127.example.test", "localhost", "echo.test", "::127"],
      ...["1127.0.0.1", "", "127.0.0.1\nevil.test"],
    ]
  ) {
    assertEquals(isLoopback(host), false, host);
  }
});
