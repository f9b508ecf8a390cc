import { assertEquals } from "../assert.ts";
import { repositoryPath } from "../paths.ts";
import { soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { Program, run } from "./programs.ts";
import { WebProcess } from "./web_process.ts";

const SCRIPT = repositoryPath("tests/e2e/ws_client.mjs");

const MIB = 2 ** 20;

/** The directory of the package `ws`, which npm fetches if need be. */
async function findWs(): Promise<string | undefined> {
  const tellPath = ["--", "node", "-p", "process.env.PATH"];
  try {
    const exec = ["exec", "--yes", "--package=ws@8.18.3", ...tellPath];
    const { stdout, stderr } = await run("npm", ...exec);
    const found = stdout.split(":").find((path) => path.includes("_npx"));
    if (!found) console.log(`skipped: npm has no ws: ${stderr}`);
    return found?.replace(/\/\.bin$/, "");
  } catch (error) {
    // Without npm, or without a registry that answers in time.
    console.log(`skipped: ws: ${(error as Error).message}`);
    return undefined;
  }
}

const packages = await findWs();
const ignore = packages === undefined;

/** Has the client do one thing, and gives back what it has seen. */
async function act(
  origin: string,
  what: string,
  ...args: readonly (string | number)[]
) {
  const all = commandOf(origin, what, ...args);
  const { code, stdout, stderr } = await run("node", ...all);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

function commandOf(
  origin: string,
  what: string,
  ...args: readonly (string | number)[]
): string[] {
  const url = `${origin.replace("http", "ws")}/any/path`;
  return [SCRIPT, `${packages}`, url, what, ...args.map(String)];
}

for (const target of TARGETS) {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${target.name}: ${title}`, ignore, fn });

  test("ws gets back messages of every kind as they were", async () => {
    await using web = await WebProcess.start(target);
    const { received, closed } = await act(web.http, "messages");
    assertEquals(received, [
      ...["text", "", "h\u00e9llo \u{1f600}", [0, 255, 7], []],
      ...["abc", "d"],
    ]);
    assertEquals(closed, [4321, "that is all"]);
    const { path, status, messages, code, bytesIn, bytesOut } = await web.server
      .waitFor({ event: "request" });
    assertEquals(
      [path, status, messages, code, bytesIn, bytesOut],
      ["/any/path", 101, 7, 4321, 22, 22],
    );
  });

  test("ws gets its pings answered, amid a message as well", async () => {
    await using web = await WebProcess.start(target);
    assertEquals(await act(web.http, "pings"), {
      pongs: ["", "payload", "x".repeat(125)],
      order: ["pong", "message"],
      received: ["onetwo"],
      closed: [1005, ""],
    });
  });

  test("ws gets its close codes and reasons back, and its first subprotocol", async () => {
    await using web = await WebProcess.start(target);
    assertEquals(await act(web.http, "closes"), {
      seen: [[1005, ""], [1000, ""], [1001, "bye"], [3000, "x".repeat(123)]],
    });
    const { seen } = await act(web.http, "protocols");
    assertEquals(seen, ["", "chat", "graphql-ws"]);
  });

  test("ws may send 16 MiB at once, and is told when it is too much", async () => {
    await using web = await WebProcess.start(target);
    const sizes = [70_000, 16 * MIB, 16 * MIB + 1];
    assertEquals(await act(web.http, "sizes", ...sizes), {
      received: [true, true],
      closed: 1009,
    });
    // Others are not hurt by it.
    const { received } = await act(web.http, "messages");
    assertEquals(received.length, 7);
  });

  test("200 sockets of ws at once each get their own back", async () => {
    await using web = await WebProcess.start(target);
    const { wrong, codes } = await act(web.http, "crowd", 200);
    assertEquals(wrong, []);
    assertEquals(codes, Array.from({ length: 200 }, (_, at) => 4000 + at));
    await web.over(200);
    const metrics = await web.metrics();
    assertEquals([
      metrics['echod_http_responses_total{code="101"}'],
      metrics.echod_websockets_active,
      metrics.echod_websocket_messages_received_total,
      metrics.echod_websocket_messages_sent_total,
    ], [200, 0, 1000, 1000]);
  });

  test("ws is told when the server stops", async () => {
    await using web = await WebProcess.start(target);
    const command = commandOf(web.http, "drained");
    await using client = new Program("node", command, "null");
    let printed = "";
    const reading = async () => {
      for await (
        const part of client.output.pipeThrough(new TextDecoderStream())
      ) {
        printed += part;
        if (printed === "ready\n") web.server.signal("SIGTERM");
      }
    };
    await soon(reading(), "the close of a WebSocket");
    assertEquals(
      printed,
      'ready\n{"closed":[1001,"the connection ends"]}\n',
      (await client.end).stderr,
    );
    assertEquals(await web.server.exitCode(), 0);
    const [{ reason }] = web.server.all({ event: "disconnect" });
    assertEquals(reason, "shutdown");
  });
}
