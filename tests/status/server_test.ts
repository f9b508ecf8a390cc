import { OptionError } from "../../src/errors.ts";
import { PAGE } from "../../src/status/page.ts";
import { StatusServer } from "../../src/status/server.ts";
import type { WebServerOptions } from "../../src/web.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { startStatus } from "./fake_status.ts";
import { disconnect, FakeSubject } from "./fake_subject.ts";

Deno.test("the server knows where it listens", async () => {
  await using it = await startStatus();
  assertEquals(it.status.addr.port, 9090);
  assertEquals(it.status.url, "http://127.0.0.1:9090/");
  const addr = { transport: "http", hostname: "::1", port: 81 } as const;
  await using other = await startStatus({ addr });
  assertEquals(other.status.url, "http://[::1]:81/");
});

Deno.test("the runtime's HTTP server asks it, and tells it what fails", async () => {
  await using it = await startStatus();
  assertEquals(it.web.onRequest, it.status.handle);
  it.web.onError("broken");
  assertEquals(it.errors, ["broken"]);
  const answer = await it.ask("/");
  assertEquals(await answer.text(), PAGE.html);
});

Deno.test("an unsafe address or token opens nothing", async () => {
  const addr = { transport: "http", hostname: "0.0.0.0", port: 0 } as const;
  let opened = 0;
  const serveWeb = (options: WebServerOptions) => {
    opened++;
    return Promise.reject(new Error(`no ${options.addr.hostname}`));
  };
  const subject = new FakeSubject();
  const start = (token?: string) =>
    StatusServer.start({ serveWeb }, { addr, token, subject, version: "1" });
  await assertRejects(() => start(), OptionError, "--status-token");
  await assertRejects(() => start(""), OptionError, "at least 1 character");
  assertEquals(opened, 0);
  await assertRejects(() => start("x"), Error, "no 0.0.0.0");
  assertEquals(opened, 1);
});

Deno.test("closing ends the streams, and then the connections", async () => {
  const it = await startStatus();
  const reader = (await it.ask("/api/events")).body!.getReader();
  await reader.read();
  const end = reader.read();
  const closing = it.status.close();
  assertEquals((await end).done, true);
  // A connection that is dropped at once would take the end with it.
  assertEquals(it.calls, []);
  await closing;
  assertEquals(it.calls, ["close"]);
  const late = await it.ask("/api/events");
  assertEquals(late.status, 503);
  assertEquals(late.headers.get("retry-after"), "5");
  assert((await late.text()).includes("the server stops"));
});

Deno.test("closing waits for no stream where there is none", async () => {
  const it = await startStatus();
  const closing = it.status.close();
  assertEquals(it.calls, ["close"]);
  await closing;
});

Deno.test("connections that end are kept from the first record on", async () => {
  await using it = await startStatus();
  for (const id of [1, 2]) it.status.record(disconnect({ id }));
  const { connections } = await (await it.ask("/api/status")).json();
  const ids = connections.recent.map(({ id }: { id: number }) => id);
  assertEquals(ids, [2, 1]);
});
