import { ListenError, OptionError, PermissionError } from "../src/errors.ts";
import type { Runtime } from "../src/host.ts";
import {
  isHttp,
  isSecure,
  listenError,
  listenPermissions,
  openEndpoints,
} from "../src/listen.ts";
import { parseListenUrl } from "../src/listen_url.ts";
import type { Addr, Conn, Listener, ListenOptions } from "../src/net.ts";
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { FakeConn } from "./fake_conn.ts";
import { fakeRuntime } from "./fake_runtime.ts";

const TLS = { cert: "cert", key: "key", alpn: ["mine"], clientCa: "ca" };

/** A runtime that gives port 0 as 4000, and notes what happens to listeners. */
function runtimeOf(overrides: Partial<Runtime> = {}) {
  const asked: [addr: Addr, options: ListenOptions][] = [];
  const calls: string[] = [];
  const conn: Conn = new FakeConn();
  const room = { size: 10, taken: 0 };
  const runtime = fakeRuntime({
    listen(addr, options) {
      asked.push([addr, options]);
      const listener: Listener = {
        addr: "port" in addr ? { ...addr, port: addr.port || 4000 } : addr,
        room,
        accept: () => (calls.push("accept"), Promise.resolve(conn)),
        close: () => void calls.push("close"),
      };
      return Promise.resolve(listener);
    },
    ...overrides,
  });
  const open = (url: string) =>
    openEndpoints(runtime, [parseListenUrl(url)], {
      ...{ reset: true, tls: TLS, datagrams: { allowPublic: false } },
    });
  return { open, asked, calls, conn, room };
}

Deno.test("HTTP comes over TCP or TLS, and its listener has its own name", async () => {
  for (
    const [url, transport, name] of [
      ["http://127.0.0.1:0", "tcp", "http"],
      ["https://[::1]:0", "tls", "https"],
    ] as const
  ) {
    const { open, asked, calls, conn, room } = runtimeOf();
    const [listener] = await open(url);
    const { hostname } = parseListenUrl(url) as { hostname: string };
    const [[below, { reset }]] = asked;
    assertEquals(below, { transport, hostname, port: 0 });
    assertEquals(reset, true);
    assertEquals(listener.addr, { transport: name, hostname, port: 4000 });
    assert("accept" in listener && listener.room === room);
    assert(await listener.accept() === conn);
    listener.close();
    assertEquals(calls, ["accept", "close"]);
  }
});

Deno.test("TLS below HTTP agrees on a version that the runtime answers", async () => {
  for (
    const [http2, alpn] of [
      [true, ["h2", "http/1.1"]],
      [false, ["http/1.1"]],
    ] as const
  ) {
    const capabilities = {
      ...{ receiveBuffer: true, sharesPorts: true, http2, maxMessage: 1 },
    };
    const { open, asked } = runtimeOf({ capabilities });
    await open("https://127.0.0.1:7");
    await open("tls://127.0.0.1:7");
    const [https, tls] = asked.map(([, { tls }]) => tls);
    assertEquals(https, { ...TLS, alpn: [...alpn] });
    assertEquals(tls, TLS);
  }
});

Deno.test("HTTP asks for its own address, and for this machine's", async () => {
  for (const url of ["http://0.0.0.0:7", "https://0.0.0.0:7"]) {
    assertEquals(listenPermissions(parseListenUrl(url)), [
      { kind: "net", host: "0.0.0.0:7" },
      { kind: "net", host: "127.0.0.1" },
    ]);
    for (const denied of ["0.0.0.0:7", "127.0.0.1"]) {
      const { open, asked } = runtimeOf({
        isGranted: (permission) =>
          permission.kind !== "net" || permission.host !== denied,
      });
      await assertRejects(
        () => open(url),
        PermissionError,
        `Cannot listen on ${url}: Deno needs ` +
          "-N (or --allow-net=0.0.0.0:7,127.0.0.1)",
      );
      assertEquals(asked, []);
    }
  }
});

Deno.test("a ListenError of HTTP names its own URL", async () => {
  const cause = Object.assign(new Error("os error"), { code: "EADDRINUSE" });
  const { open } = runtimeOf({ listen: () => Promise.reject(cause) });
  await assertRejects(
    () => open("https://[::1]:7"),
    ListenError,
    "Cannot listen on https://[::1]:7: the address is in use: stop the " +
      "program that uses it, or choose another port",
  );
});

Deno.test("listenError leaves echod's own errors as they are", () => {
  const addr = parseListenUrl("http://127.0.0.1:9090");
  for (const kind of [ListenError, OptionError, PermissionError]) {
    const error = new kind("mine");
    assert(listenError(addr, error) === error);
  }
  const cause = new Error("os error");
  const error = listenError(addr, cause);
  assert(error instanceof ListenError && error.cause === cause);
  const message = "Cannot listen on http://127.0.0.1:9090: os error";
  assertEquals(error.message, message);
});

Deno.test("isHttp and isSecure tell listeners apart", () => {
  const cases: Record<string, [isHttp: boolean, isSecure: boolean]> = {
    "tcp://[::1]:7": [false, false],
    "tls://[::1]:7": [false, true],
    "udp://[::1]:7": [false, false],
    "unix:/run/x": [false, false],
    "http://[::1]:7": [true, false],
    "https://[::1]:7": [true, true],
  };
  for (const [url, expected] of Object.entries(cases)) {
    const addr = parseListenUrl(url);
    assertEquals([isHttp(addr), isSecure(addr)], expected, url);
  }
});
