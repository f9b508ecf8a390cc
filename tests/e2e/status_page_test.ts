import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  type BrowserFiles,
  findBrowser,
  type Page,
  withPage,
} from "../browser.ts";
import { connect, peerOf, receive, send } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";

const browser = await findBrowser();

/** Where a server is, with its status server. */
interface Place {
  readonly status: string;
  readonly tcp: string;
  readonly http: string;
}

const ANYWHERE: Place = {
  status: "127.0.0.1:0",
  tcp: "tcp://127.0.0.1:0",
  http: "http://127.0.0.1:0",
};

function start(target: Target, place: Place): Promise<ServerProcess> {
  const flags = ["--status", place.status];
  for (const url of [place.tcp, place.http]) flags.push("--listen", url);
  return ServerProcess.start(target, flags);
}

/** The place of a running server; the page is at the status server's URL. */
async function placeOf(server: ServerProcess): Promise<Place> {
  const status = await server.waitFor({ event: "listening", plane: "status" });
  const echo = server.all({ event: "listening" })
    .filter(({ plane }) => plane !== "status").map(({ url }) => `${url}`);
  return {
    status: new URL(`${status.url}`).host,
    tcp: echo.find((url) => url.startsWith("tcp:"))!,
    http: echo.find((url) => url.startsWith("http:"))!,
  };
}

/** What a page complains of, with the errors that are not allowed for. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/^(error|warning)$/.test(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return complaints;
}

async function waitForLink(page: Page, state: string): Promise<void> {
  await page.locator(`#link[data-state="${state}"]`).waitFor();
}

/** Opens a connection, sees it on the page, ends it and sees that, too. */
async function seeConnection(page: Page, { tcp }: Place): Promise<void> {
  const conn = await connect(Number(new URL(tcp).port));
  const peer = peerOf(conn);
  try {
    await send(conn, new TextEncoder().encode("hello"));
    assertEquals((await receive(conn, 5)).length, 5);
    const open = page.locator("#open tbody tr").filter({ hasText: peer });
    await open.filter({ hasText: "tcp" }).filter({ hasText: "5 B" }).waitFor();
    await conn.closeWrite();
    const ended = page.locator("#ended tbody tr").filter({ hasText: peer });
    await ended.filter({ hasText: "eof" }).waitFor();
    await open.waitFor({ state: "detached" });
  } finally {
    conn.close();
  }
}

/** Types a message into the console and sees its echo, with its time. */
async function seeEcho(page: Page, text: string): Promise<void> {
  await page.locator("#console-text").fill(text);
  await page.locator("#console-text").press("Enter");
  const echo = page.locator("#console-log .echo").filter({ hasText: text });
  await echo.waitFor();
  assertEquals(await echo.locator(".text").innerText(), text);
  assertMatch(await echo.locator(".time").innerText(), /^[\d.]+ (µs|ms|s)$/);
  assertMatch(await page.locator("#console-times").innerText(), /^min .* max /);
}

async function showsTheServer(
  files: BrowserFiles,
  target: Target,
): Promise<void> {
  await using server = await start(target, ANYWHERE);
  const place = await placeOf(server);
  await withPage(files, async (page) => {
    const complaints = complaintsOf(page);
    await page.goto(`http://${place.status}/`);
    await waitForLink(page, "live");
    await seeConnection(page, place);
    await seeEcho(page, "Grüße, <b>echod</b>");
    assertEquals(complaints, []);

    await server[Symbol.asyncDispose]();
    await waitForLink(page, "reconnecting");
    await using again = await start(target, place);
    assertEquals(await placeOf(again), place);
    await waitForLink(page, "live");
    await page.locator("#ended-empty").waitFor();
    await seeConnection(page, place);
    await seeEcho(page, "here again");

    const others = complaints.filter((text) => !text.includes("net::ERR_"));
    assertEquals(others, []);
  });
}

const HOSTILE = `<img src=x onerror=alert(1)>"'</td></script>`;

async function showsTextAsText(
  files: BrowserFiles,
  target: Target,
): Promise<void> {
  await using server = await start(target, ANYWHERE);
  const place = await placeOf(server);
  const url = `http://${place.status}/`;
  const status = await (await fetch(`${url}api/status`)).json();
  const traffic = { bytesIn: 1, bytesOut: 1 };
  const names = { peer: HOSTILE, client: `client ${HOSTILE}`, ...traffic };
  status.connections.list = [
    { id: 1, ...names, protocol: HOSTILE, ageSeconds: 1, bytesPerSecond: 1 },
  ];
  status.connections.recent = [{
    ...{ id: 2, ...names, reason: HOSTILE, error: HOSTILE, durationMs: 1 },
    endedAt: status.timestamp,
  }];
  status.listeners.push({ url: `unix:/${HOSTILE}`, protocol: "unix" });
  status.faults = [{ kind: "latency", ms: HOSTILE }];
  await withPage(files, async (page) => {
    const complaints = complaintsOf(page);
    // Nothing on the wire gets such a text into a status, so it is put there.
    await page.route("**/api/events", (route) => {
      const body = `event: status\ndata: ${JSON.stringify(status)}\n\n`;
      route.fulfill({ contentType: "text/event-stream", body });
    });
    await page.goto(url);
    for (const place of ["#open td", "#ended td", "#listeners", "#faults"]) {
      const found = page.locator(place).filter({ hasText: HOSTILE }).first();
      await found.waitFor();
      assert((await found.innerText()).includes("<img src=x onerror="));
    }
    assertEquals(await page.locator("img").count(), 0);
    assertEquals(complaints, []);
  });
}

for (const target of TARGETS) {
  for (
    const [name, run] of [
      [
        "the status page shows the server, and survives its restart",
        showsTheServer,
      ],
      ["the status page shows what peers control as text", showsTextAsText],
    ] as const
  ) {
    Deno.test({
      name: `${target.name}: ${name}`,
      ignore: !browser,
      fn: () => run(browser!, target),
    });
  }
}
