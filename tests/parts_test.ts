import { OptionError } from "../src/errors.ts";
import type { Runtime } from "../src/host.ts";
import { parseListenUrl } from "../src/listen_url.ts";
import type { Listener } from "../src/net.ts";
import { openParts } from "../src/parts.ts";
import type { ServerOptions } from "../src/server_options.ts";
import type { WebServerOptions } from "../src/web.ts";
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { fakeRuntime } from "./fake_runtime.ts";

/** A runtime that notes what is opened and closed. */
function runtimeOf(overrides: Partial<Runtime> = {}) {
  const calls: string[] = [];
  const given: WebServerOptions[] = [];
  const runtime = fakeRuntime({
    listen: (addr) => {
      const name = "port" in addr ? `${addr.port}` : addr.path;
      calls.push(`open ${name}`);
      const listener: Listener = {
        addr,
        accept: () => Promise.resolve(null),
        close: () => void calls.push(`close ${name}`),
      };
      return Promise.resolve(listener);
    },
    serveWeb: (options) => {
      given.push(options);
      calls.push("open HTTP");
      const { addr } = options;
      const close = () => Promise.resolve(void calls.push("close HTTP"));
      return Promise.resolve({ addr: { ...addr, port: 4000 }, close });
    },
    ...overrides,
  });
  const open = (urls: string[], options: Partial<ServerOptions> = {}) =>
    openParts(runtime, { listen: urls.map(parseListenUrl), ...options });
  return { open, calls, given };
}

const TCP = "tcp://127.0.0.1:7";
const HTTP = "http://127.0.0.1:80";

Deno.test("openParts starts the runtime's HTTP server for HTTP listeners alone", async () => {
  const plain = runtimeOf();
  assertEquals((await plain.open([TCP, "unix:@x"])).http, undefined);
  assertEquals(plain.calls, ["open 7", "open @x"]);

  const { open, calls, given } = runtimeOf();
  const parts = await open([TCP, HTTP, "http://[::1]:81"], { maxMessage: 9 });
  assert(parts.http);
  // One of them answers all listeners.
  assertEquals(calls, ["open 7", "open 80", "open 81", "open HTTP"]);
  const [{ addr, maxMessage }] = given;
  assertEquals([addr.hostname, addr.port, maxMessage], ["127.0.0.1", 0, 9]);
  assertEquals(parts.endpoints.map(({ addr }) => addr.transport), [
    ...["tcp", "http", "http"],
  ]);
});

Deno.test("openParts tells of the certificate once all addresses are taken", async () => {
  const { open, calls } = runtimeOf();
  await open([TCP, HTTP], { onBound: () => void calls.push("bound") });
  assertEquals(calls, ["open 7", "open 80", "open HTTP", "bound"]);
});

Deno.test("openParts opens nothing where options do not go together", async () => {
  const { open, calls } = runtimeOf();
  const faults = [{ kind: "reorder" }] as const;
  await assertRejects(
    () => open([TCP, HTTP], { faults }),
    OptionError,
    "Cannot use fault reorder: it is for datagrams, " +
      "and the listeners take streams and messages alone",
  );
  assertEquals(calls, []);
  await open([HTTP], { faults: [{ kind: "drop" }] });
});

Deno.test("openParts leaves nothing open when the HTTP server does not start", async () => {
  const { open, calls } = runtimeOf({
    serveWeb: () => Promise.reject(new Error("no port is free")),
  });
  await assertRejects(() => open([TCP, HTTP]), Error, "no port is free");
  assertEquals(calls, ["open 7", "open 80", "close 7", "close 80"]);
});

Deno.test("openParts leaves nothing open when the certificate cannot be written", async () => {
  const { open, calls } = runtimeOf();
  const onBound = () => {
    throw new OptionError("Cannot write cert.pem");
  };
  await assertRejects(() => open([TCP, HTTP], { onBound }), OptionError);
  const closed = calls.filter((call) => call.startsWith("close"));
  assertEquals(closed.sort(), ["close 7", "close 80", "close HTTP"]);
});

Deno.test("the parts of a server count, decide and tell together", async () => {
  const told: string[] = [];
  const { open, given } = runtimeOf();
  const parts = await open([HTTP], {
    faults: [{ kind: "mute" }, { kind: "drop" }],
    onRecord: ({ event }) => told.push(event),
  });
  const { streams, datagrams, messages } = parts.plans;
  const kinds = [streams, datagrams, messages].map((plan) =>
    plan.hits(1, undefined).map(({ fault }) => fault.kind)
  );
  assertEquals(kinds, [["mute"], ["drop"], ["drop"]]);
  assert(parts.http?.plan === messages);
  given[0].onError(new Error("broken"));
  assertEquals(told, ["error"]);
});
