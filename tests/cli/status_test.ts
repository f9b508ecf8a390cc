import { openLog } from "../../src/cli/log.ts";
import { checkStatus, startStatus } from "../../src/cli/status.ts";
import {
  errorText,
  ListenError,
  OptionError,
  PermissionError,
} from "../../src/errors.ts";
import type { Runtime } from "../../src/host.ts";
import type { NetAddr } from "../../src/net.ts";
import { EchoServer } from "../../src/server.ts";
import type { WebServerOptions } from "../../src/web.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
} from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { read } from "./parsing.ts";

/** A runtime with an HTTP server that nobody can reach, and what it logs. */
function runtimeOf(overrides: Partial<Runtime> = {}) {
  const opened: WebServerOptions[] = [];
  const written: string[] = [];
  const runtime = fakeRuntime({
    serveWeb: (options) => {
      opened.push(options);
      const addr = { ...options.addr, port: 1 };
      return Promise.resolve({ addr, close: () => Promise.resolve() });
    },
    listen: (asked) => {
      const { promise, resolve } = Promise.withResolvers<null>();
      const addr = { ...asked as NetAddr };
      const free = { ...addr, port: addr.port || 4000 };
      return Promise.resolve({
        addr: free,
        accept: () => promise,
        close: () => resolve(null),
      });
    },
    writeStderr: (text) => Promise.resolve(void written.push(text)),
    ...overrides,
  });
  const log = openLog(runtime, { level: "info", format: "json" });
  const records = async () => {
    await log.flush();
    return written.join("").split("\n").slice(0, -1).map((line) =>
      JSON.parse(line)
    );
  };
  const start = async (...argv: string[]) => {
    await using server = await EchoServer.start(runtime, { listen: [] });
    return await startStatus(runtime, read(argv).settings, server, log);
  };
  return { start, opened, records };
}

function errorOf(run: () => void): string {
  try {
    run();
    return "no error";
  } catch (error) {
    return errorText(error);
  }
}

Deno.test("checkStatus refuses a token without a status", () => {
  const { settings } = read(["--status-token", "secret"]);
  assertThrows(
    () => checkStatus(settings),
    OptionError,
    "Cannot use --status-token without --status: expected where to serve " +
      "the status, such as 127.0.0.1:9090",
  );
  checkStatus(read([]).settings);
});

Deno.test("checkStatus refuses a status that others could ask without a token", () => {
  for (const addr of ["0.0.0.0:9090", "[::]:9090", "192.0.2.1:1", "a.test:1"]) {
    const check = (...more: string[]) =>
      checkStatus(read(["--status", addr, ...more]).settings);
    assertThrows(
      check,
      OptionError,
      `Cannot use --status ${addr} without --status-token: `,
    );
    check("--status-token", "secret");
  }
  for (const addr of ["127.0.0.1:9090", "[::1]:0", "localhost:9090"]) {
    checkStatus(read(["--status", addr]).settings);
  }
});

Deno.test("checkStatus refuses a token that no client can give", () => {
  for (const token of ["two words", "tökén"]) {
    const argv = ["--status", "127.0.0.1:9090", "--status-token", token];
    const check = () => checkStatus(read(argv).settings);
    assertThrows(check, OptionError, "Cannot use --status-token: ");
    // What it refuses is a secret all the same.
    assert(!errorOf(check).includes(token));
  }
});

Deno.test("without --status there is no status server", async () => {
  const { start, opened, records } = runtimeOf();
  assertEquals(await start(), undefined);
  assertEquals([opened, await records()], [[], []]);
});

Deno.test("a status server is told of as a listener of its own kind", async () => {
  const { start, opened, records } = runtimeOf();
  await using status = await start("--status", "127.0.0.1:0");
  const url = "http://127.0.0.1:4000/";
  assertEquals(status?.url, url);
  const [{ time: _, ...record }, ...rest] = await records();
  assertEquals(record, {
    ...{ level: "info", event: "listening", plane: "status", url },
    runtime: "fake 1.0.0",
  });
  assertEquals(rest, []);
  opened[0].onError(new Error("broken pipe"));
  const { event, message } = (await records())[1];
  assertEquals([event, message], ["error", "Status: broken pipe"]);
});

Deno.test("a status server is not opened where Deno would prompt", async () => {
  const { start, opened, records } = runtimeOf({
    isGranted: (permission) =>
      permission.kind !== "net" || permission.host !== "[::1]:9090",
  });
  await assertRejects(
    () => start("--status", "[::1]:9090"),
    PermissionError,
    "Cannot listen on [::1]:9090: Deno needs '-N=[::1]:9090'",
  );
  assertEquals([opened, await records()], [[], []]);
});

Deno.test("a status address that is in use is a ListenError that says so", async () => {
  const cause = Object.assign(new Error("os error"), { code: "EADDRINUSE" });
  const { start, records } = runtimeOf({
    listen: () => Promise.reject(cause),
  });
  await assertRejects(
    () => start("--status", "127.0.0.1:9090"),
    ListenError,
    "Cannot serve --status: Cannot listen on http://127.0.0.1:9090: the " +
      "address is in use: stop the program that uses it, or choose another port",
  );
  assertEquals(await records(), []);
});
