import { OptionError } from "../src/errors.ts";
import {
  formatHost,
  formatListenUrl,
  parseListenUrl,
  readHost,
} from "../src/listen_url.ts";
import { assertEquals, assertThrows } from "./assert.ts";

const tcp = (hostname: string, port: number) =>
  ({ transport: "tcp", hostname, port }) as const;

Deno.test("parseListenUrl takes a name, IPv4 and IPv6 in brackets", () => {
  const urls = {
    "tcp://127.0.0.1:7": tcp("127.0.0.1", 7),
    "tcp://localhost:0": tcp("localhost", 0),
    "tcp://example.test:65535": tcp("example.test", 65535),
    "tcp://[::1]:7": tcp("::1", 7),
    "tcp://[::]:8080": tcp("::", 8080),
    "tcp://[2001:db8::1]:7": tcp("2001:db8::1", 7),
    "tcp://127.0.0.1:7/": tcp("127.0.0.1", 7),
  };
  for (const [url, addr] of Object.entries(urls)) {
    assertEquals(parseListenUrl(url), addr, url);
  }
});

Deno.test("parseListenUrl refuses what is no tcp://HOST:PORT", () => {
  const broken = [
    "",
    "7",
    "localhost:7",
    "tcp:127.0.0.1:7",
    "tcp://",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:",
    "tcp://:7",
    "tcp://127.0.0.1:7/path",
    "tcp://127.0.0.1:7?query",
    "tcp://user@127.0.0.1:7",
    "tcp://127.0.0.1:-7",
    "tcp://127.0.0.1:7.5",
    "tcp://two words:7",
    " tcp://127.0.0.1:7",
    "tcp://::1:7",
  ];
  for (const url of broken) {
    const parse = () => parseListenUrl(url);
    assertThrows(parse, OptionError, "expected tcp://HOST:PORT", url);
  }
});

Deno.test("parseListenUrl refuses brackets around anything but IPv6", () => {
  for (const url of ["tcp://[127.0.0.1]:7", "tcp://[]:7", "tcp://[::g]:7"]) {
    const parse = () => parseListenUrl(url);
    assertThrows(parse, OptionError, "expected a host name or an IP", url);
  }
});

Deno.test("parseListenUrl names an unknown scheme", () => {
  assertThrows(
    () => parseListenUrl("http://127.0.0.1:7"),
    OptionError,
    'unknown scheme "http", expected tcp://HOST:PORT',
  );
});

Deno.test("parseListenUrl refuses a port above 65535", () => {
  const parse = () => parseListenUrl("tcp://127.0.0.1:65536");
  assertThrows(parse, OptionError, "PORT up to 65535");
});

Deno.test("readHost takes names and addresses, and brackets off IPv6", () => {
  assertEquals(readHost("example.test"), "example.test");
  assertEquals(readHost("127.0.0.1"), "127.0.0.1");
  assertEquals(readHost("::1"), "::1");
  assertEquals(readHost("[::1]"), "::1");
});

Deno.test("readHost refuses what cannot be a host", () => {
  for (const text of ["", "a b", "a:7", "[a]", "http://a", "a/b", "a@b", "*"]) {
    assertThrows(() => readHost(text), OptionError, "such as 127.0.0.1", text);
  }
});

Deno.test("formatHost puts brackets around IPv6 alone", () => {
  assertEquals(formatHost(tcp("::1", 7)), "[::1]:7");
  assertEquals(formatHost(tcp("127.0.0.1", 7)), "127.0.0.1:7");
  assertEquals(formatHost(tcp("localhost", 0)), "localhost:0");
});

Deno.test("formatListenUrl and parseListenUrl undo each other", () => {
  for (const url of ["tcp://127.0.0.1:7", "tcp://[::1]:0", "tcp://a.test:9"]) {
    assertEquals(formatListenUrl(parseListenUrl(url)), url);
  }
});
