import { OptionError } from "../src/errors.ts";
import { Subnet } from "../src/subnet.ts";
import { assertEquals, assertThrows } from "./assert.ts";

/** Checks which addresses are in a range. */
function checkRange(range: string, inside: string[], outside: string[]) {
  const subnet = Subnet.parse(range);
  const isIn = (ip: string) => subnet.has(ip);
  assertEquals([...inside, ...outside].filter(isIn), inside, range);
}

const REFUSAL =
  "expected an IP address or range, such as 127.0.0.1 or 10.0.0.0/8";

Deno.test("a Subnet of IPv4 has the addresses with its prefix", () => {
  checkRange("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2"]);
  checkRange("192.0.2.1/32", ["192.0.2.1"], ["192.0.2.2"]);
  checkRange("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], [
    ...["9.255.255.255", "11.0.0.0"],
  ]);
  checkRange("10.1.2.3/8", ["10.200.0.1"], ["11.1.2.3"]);
  checkRange("192.0.2.64/27", ["192.0.2.64", "192.0.2.95"], [
    ...["192.0.2.63", "192.0.2.96"],
  ]);
  checkRange("128.0.0.0/1", ["128.0.0.0", "255.255.255.255"], ["127.0.0.1"]);
  checkRange("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], []);
});

Deno.test("a Subnet of IPv6 has the addresses with its prefix", () => {
  checkRange("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::", "::2"]);
  checkRange("2001:db8::/32", ["2001:db8::", "2001:DB8:ffff::1"], [
    ...["2001:db7:ffff::", "2001:db9::"],
  ]);
  checkRange("2001:db8::1/33", ["2001:db8:7fff::"], ["2001:db8:8000::"]);
  checkRange("2001:db8::fffe/127", ["2001:db8::fffe", "2001:db8::ffff"], [
    ...["2001:db8::fffd", "2001:db8::1:0"],
  ]);
  checkRange("::/0", ["::", "ffff::ffff"], []);
});

Deno.test("a Subnet keeps IPv4 and IPv6 apart", () => {
  checkRange("0.0.0.0/0", [], ["::", "::1", "2001:db8::1"]);
  checkRange("::/0", ["::1"], ["192.0.2.1", "::ffff:192.0.2.1"]);
  checkRange("::/96", ["::1"], ["0.0.0.1"]);
});

Deno.test("a Subnet of IPv4 has what a dual-stack listener makes of it", () => {
  checkRange("192.0.2.0/24", ["::ffff:192.0.2.7", "::FFFF:192.0.2.7"], [
    ...["::ffff:192.0.3.7", "::192.0.2.7", "::fffe:192.0.2.7"],
  ]);
});

Deno.test("a Subnet that is written as mapped IPv4 has it all the same", () => {
  checkRange("::ffff:192.0.2.1", ["192.0.2.1", "::ffff:192.0.2.1"], [
    "192.0.2.2",
  ]);
});

Deno.test("a Subnet of link-local addresses has them on any link", () => {
  checkRange("fe80::/10", ["fe80::1", "fe80::1%eth0"], ["fec0::1%eth0"]);
});

Deno.test("a Subnet has nothing that is no address", () => {
  checkRange("0.0.0.0/0", [], ["", "localhost", "10.0.0", "10.0.0.0/8"]);
  checkRange("::/0", [], ["", "localhost", "::g", "[::1]"]);
});

Deno.test("Subnet.parse refuses what is no range", () => {
  const broken = [
    ...["", "/", "x", "localhost", "*", "10.0.0", "10.0.0.256", "01.2.3.4"],
    ...["10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8"],
    ...["10.0.0.0/8/8", "10.0.0.0/8/", "10.0.0.0/1.5", "10.0.0.0/1e1"],
    ...["10.0.0.0/ 8", "10.0.0.0/0x8", " 10.0.0.0", "10.0.0.0/255.0.0.0"],
    ...["::1/129", "[::1]", "::g", "::1/64/"],
  ];
  for (const text of broken) {
    assertThrows(() => Subnet.parse(text), OptionError, REFUSAL, text);
  }
});

Deno.test("Subnet.parse refuses a zone, which no range has", () => {
  for (const text of ["fe80::1%eth0", "fe80::%1/10"]) {
    assertThrows(() => Subnet.parse(text), OptionError, REFUSAL, text);
  }
});

Deno.test("toString gives what Subnet.parse reads, with the prefix", () => {
  const texts = {
    "192.0.2.1": "192.0.2.1/32",
    "10.0.0.0/8": "10.0.0.0/8",
    "0.0.0.0/0": "0.0.0.0/0",
    "::1": "::1/128",
    "2001:db8::/32": "2001:db8::/32",
  };
  for (const [text, expected] of Object.entries(texts)) {
    assertEquals(`${Subnet.parse(text)}`, expected);
    assertEquals(`${Subnet.parse(expected)}`, expected);
  }
});
