import { OptionError } from "../src/errors.ts";
import {
  formatHost,
  formatListenUrl,
  formatPeer,
  parseListenUrl,
  readHost,
  readHostPort,
} from "../src/listen_url.ts";
import { assertEquals, assertThrows } from "./assert.ts";

const unix = (path: string) => ({ transport: "unix", path }) as const;

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
    () => parseListenUrl("ftp://127.0.0.1:7"),
    OptionError,
    'unknown scheme "ftp", expected tcp://HOST:PORT',
  );
});

Deno.test("parseListenUrl refuses a port above 65535", () => {
  const parse = () => parseListenUrl("tcp://127.0.0.1:65536");
  assertThrows(parse, OptionError, "PORT up to 65535");
});

Deno.test("parseListenUrl takes tls as it takes tcp", () => {
  const tls = (hostname: string, port: number) =>
    ({ transport: "tls", hostname, port }) as const;
  const urls = {
    "tls://127.0.0.1:7443": tls("127.0.0.1", 7443),
    "tls://[::1]:0/": tls("::1", 0),
    "tls://echo.test:65535": tls("echo.test", 65535),
  };
  for (const [url, addr] of Object.entries(urls)) {
    assertEquals(parseListenUrl(url), addr, url);
  }
  const broken = {
    "tls:": "expected tls://HOST:PORT, such as tls://127.0.0.1:7",
    "tls://127.0.0.1": "expected tls://HOST:PORT, such as tls://127.0.0.1:7",
    "tls://:7": "expected tls://HOST:PORT, such as tls://127.0.0.1:7",
    "tls://127.0.0.1:65536": "expected tls://HOST:PORT, PORT up to 65535",
    "tls://[::g]:7": "expected a host name or an IP address",
    "TLS://127.0.0.1:7": 'unknown scheme "TLS", expected tcp://HOST:PORT',
    "tls:127.0.0.1:7": "expected tls://HOST:PORT",
  };
  for (const [url, reason] of Object.entries(broken)) {
    assertThrows(() => parseListenUrl(url), OptionError, reason, url);
  }
});

Deno.test("parseListenUrl takes http and https, without a path", () => {
  for (const transport of ["http", "https"] as const) {
    const [hostname, port] = ["::1", 8080];
    for (const end of ["", "/"]) {
      const url = `${transport}://[::1]:8080${end}`;
      assertEquals(parseListenUrl(url), { transport, hostname, port });
    }
    const expected = `expected ${transport}://HOST:PORT`;
    for (const rest of ["127.0.0.1", "127.0.0.1:80/x", "127.0.0.1:65536"]) {
      const parse = () => parseListenUrl(`${transport}://${rest}`);
      assertThrows(parse, OptionError, expected, rest);
    }
  }
});

Deno.test("parseListenUrl takes paths and abstract names after unix:", () => {
  const urls = {
    "unix:/run/echo.sock": "/run/echo.sock",
    "unix:///run/echo.sock": "/run/echo.sock",
    "unix:echo.sock": "echo.sock",
    "unix:./echo.sock": "./echo.sock",
    "unix:@echo": "@echo",
    "unix:./@echo": "./@echo",
    "unix:/run/a b:c?d#e%20": "/run/a b:c?d#e%20",
    "unix:/run/échô": "/run/échô",
    "unix:8080": "8080",
    "unix:/": "/",
  };
  for (const [url, path] of Object.entries(urls)) {
    assertEquals(parseListenUrl(url), unix(path), url);
  }
});

Deno.test("parseListenUrl refuses what is neither path nor name", () => {
  const expected = "expected unix:PATH or unix:@NAME, such as unix:/run/echo";
  const broken = ["", "@", "//", "//run/echo.sock", "//@echo", "////run"];
  for (const rest of [...broken, "\0echo", "/run/\0", "@\0"]) {
    const parse = () => parseListenUrl(`unix:${rest}`);
    assertThrows(parse, OptionError, expected, rest);
  }
});

Deno.test("parseListenUrl refuses a path that no socket can have", () => {
  for (const start of ["/", "@", "///", "é"]) {
    const path = start.replace("///", "/");
    const rest = "x".repeat(107 - new TextEncoder().encode(path).length);
    assertEquals(parseListenUrl(`unix:${start}${rest}`), unix(path + rest));
    assertThrows(
      () => parseListenUrl(`unix:${start}${rest}x`),
      OptionError,
      "expected a path of at most 107 bytes, not of 108",
      start,
    );
  }
});

Deno.test("formatPeer is HOST:PORT, and unix where there is none", () => {
  assertEquals(formatPeer(tcp("::1", 7)), "[::1]:7");
  assertEquals(
    formatPeer({ ...tcp("a.test", 7), transport: "tls" }),
    "a.test:7",
  );
  assertEquals(formatPeer(unix("")), "unix");
  assertEquals(formatPeer(unix("/run/client.sock")), "unix");
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

Deno.test("readHostPort takes a host and a port", () => {
  const http = (hostname: string, port: number) =>
    ({ transport: "http", hostname, port }) as const;
  assertEquals(readHostPort("127.0.0.1:9090"), http("127.0.0.1", 9090));
  assertEquals(readHostPort("[::1]:0"), http("::1", 0));
  assertEquals(readHostPort("localhost:65535"), http("localhost", 65535));
});

Deno.test("readHostPort refuses anything else, in its own words", () => {
  const broken = [
    ...["", "9090", ":9090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536"],
    ...["::1:9090", "http://127.0.0.1:9090", "127.0.0.1:9090/status"],
    ...["user@127.0.0.1:9090", "127.0.0.1:9090?", "*:9090", "a b:9090"],
  ];
  for (const text of broken) {
    assertThrows(
      () => readHostPort(text),
      OptionError,
      "expected HOST:PORT, such as 127.0.0.1:9090",
      text,
    );
  }
});

Deno.test("formatHost puts brackets around IPv6 alone", () => {
  assertEquals(formatHost(tcp("::1", 7)), "[::1]:7");
  assertEquals(formatHost(tcp("127.0.0.1", 7)), "127.0.0.1:7");
  assertEquals(formatHost(tcp("localhost", 0)), "localhost:0");
});

Deno.test("formatListenUrl and parseListenUrl undo each other", () => {
  const urls = [
    ...["tcp://127.0.0.1:7", "tcp://[::1]:0", "tcp://a.test:9"],
    ...["tls://127.0.0.1:7", "tls://[::1]:0", "tls://a.test:9"],
    ...["http://127.0.0.1:80", "https://[::1]:0", "http://a.test:9"],
    ...["unix:/run/echo.sock", "unix:echo.sock", "unix:@echo", "unix:/"],
  ];
  for (const url of urls) {
    assertEquals(formatListenUrl(parseListenUrl(url)), url);
  }
});
