import assert from "node:assert/strict";
import { request as requestTls } from "node:https";
import {
  type EchoServer,
  OptionError,
  serveEcho,
  type ServerRecord,
  WaitError,
} from "../../../mod.ts";
import { type Cases, Client, inTime } from "../client.ts";

const HTTP = { listen: "http://127.0.0.1:0" } as const;

/** Requests, as those who embed the server see them. */
export const httpCases: Cases = {
  "a request can be looked at once it is answered": async () => {
    await using server = await serveEcho({ ...HTTP, record: true });
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const url = `${server.url}/some/path?q=1&r`;
    const headers = { "x-own": "1", authorization: "Bearer mine" };
    const body = "héllo";
    const answer = await fetch(url, { method: "PUT", body, headers });
    assert.equal(await answer.text(), body);
    const request = await server.waitForRequest();
    const { method, path, query, version, status } = request;
    assert.deepEqual([method, path, query, version, status], [
      ...["PUT", "/some/path", "q=1&r", "HTTP/1.1", 200],
    ]);
    // Those who embed the server are no strangers.
    assert.equal(request.headers.get("authorization"), "Bearer mine");
    assert.equal(request.headers.get("x-own"), "1");
    assert.deepEqual(request.body, new TextEncoder().encode(body));
    assert.equal(request.text(), body);
    const connection = await server.waitForConnection(request.connection);
    assert.equal(connection.protocol, "http");
    assert.equal(connection.tls, undefined);
    // On the connection, everything is received, headers as well.
    assert.match(connection.text(), /^PUT \/some\/path\?q=1&r HTTP\/1\.1\r\n/);
    assert(connection.text().endsWith(body));
    assert.deepEqual(server.requests, [request]);
  },

  "requests come in the order in which they are answered": async () => {
    await using server = await serveEcho({ ...HTTP, record: true });
    const third = server.waitForRequest(3);
    const slow = get(server, "/slow?delay=150ms");
    await get(server, "/1");
    await get(server, "/2");
    assert.equal((await server.waitForRequest(2)).path, "/2");
    assert.equal(server.requests.length, 2);
    await slow;
    assert.equal((await third).path, "/slow");
    const paths = server.requests.map(({ path }) => path);
    assert.deepEqual(paths, ["/1", "/2", "/slow"]);
    assert.equal((await server.waitForRequest(1)).path, "/1");
  },

  "waitForRequest says in its error what came instead": async () => {
    const server = await serveEcho(HTTP);
    await get(server, "/");
    await server.waitForRequest();
    const latest = "the latest that was answered is number 1";
    await rejects(
      server.waitForRequest(3, { timeoutMs: 20 }),
      `Waited 20 ms for request 3, ${latest}`,
    );
    const message = `Waited for request 2, ${latest}, and the server has ` +
      "stopped";
    const waiting = rejects(server.waitForRequest(2), message);
    await server.close();
    await waiting;
    await rejects(server.waitForRequest(2), message);
    assert.equal((await server.waitForRequest(1)).path, "/");
  },

  "the latest 1000 requests are remembered": async () => {
    await using server = await serveEcho(HTTP);
    await using client = await Client.connect(server.port);
    for (let i = 1; i <= 1001; i += 7) {
      const requests = Array.from({ length: 7 }, (_, j) => head(`/${i + j}`));
      client.send(requests.join(""));
      await server.waitForRequest(i + 6);
    }
    const { requests } = server;
    const ends = [requests.length, requests[0].path, requests[999].path];
    assert.deepEqual(ends, [1000, "/2", "/1001"]);
    await rejects(
      server.waitForRequest(1),
      "Waited for request 1, which is no longer remembered; the latest that " +
        "was answered is number 1001",
    );
    assert.equal(server.stats.accepted, 1);
  },

  "without a listener for HTTP there is no request to wait for": async () => {
    await using server = await serveEcho();
    assert.deepEqual(server.requests, []);
    const error = { name: "TypeError", message: /listen on http:\/\/HOST:P/ };
    await assert.rejects(async () => await server.waitForRequest(), error);
    assert.equal(server.stats.http.requests, 0);
  },

  "bodies are kept if that is wanted, and up to a limit": async () => {
    await using bare = await serveEcho(HTTP);
    await post(bare, "/", "hello");
    const request = await bare.waitForRequest();
    const error = { name: "TypeError", message: /with record: true/ };
    assert.throws(() => request.body, error);
    assert.throws(() => request.text(), error);
    await using short = await serveEcho({ ...HTTP, record: { limit: 3 } });
    assert.equal(await post(short, "/", "hello"), "hello");
    assert.equal((await short.waitForRequest()).text(), "hel");
  },

  "httpText answers everything, and what was sent is kept": async () => {
    const options = { ...HTTP, httpText: "here I am", record: true };
    await using server = await serveEcho(options);
    assert.equal(await get(server, "/any"), "here I am");
    assert.equal(await post(server, "/", "hello"), "here I am");
    assert.equal((await server.waitForRequest(2)).text(), "hello");
  },

  "showSecrets and maxBody do as they say": async () => {
    const options = { ...HTTP, showSecrets: true, maxBody: 4 };
    await using server = await serveEcho(options);
    const headers = { authorization: "Bearer mine" };
    const answer = await fetch(server.url, { headers });
    assert.equal((await answer.json()).headers.authorization, "Bearer mine");
    assert.match(await post(server, "/", "hello"), /longer than the 4 that/);
    assert.equal((await server.waitForRequest(2)).status, 413);
    for (const wrong of [{ maxBody: -1 }, { maxMessage: 0.5 }]) {
      await assert.rejects(serveEcho({ ...HTTP, ...wrong }), OptionError);
    }
  },

  "over TLS, requests are the same": async () => {
    const listen = "https://127.0.0.1:0";
    const options = { listen, selfSigned: true, record: true };
    await using server = await serveEcho(options);
    assert.equal(await postTls(server, "/path", "hello"), "hello");
    const request = await server.waitForRequest();
    assert.deepEqual([request.path, request.text()], ["/path", "hello"]);
    const { protocol, tls } = await server.waitForConnection();
    assert.deepEqual([protocol, tls?.protocol], ["https", "TLSv1.3"]);
    await assert.rejects(serveEcho({ listen }), OptionError);
  },

  "the numbers of HTTP count requests and answers": async () => {
    await using server = await serveEcho(HTTP);
    for (const path of ["/", "/?status=503", "/?status=nonsense", "/"]) {
      await get(server, path);
    }
    await server.waitForRequest(4);
    const { http, latency, protocols } = server.stats;
    assert.deepEqual(http, {
      ...{ requests: 4, answers: { 200: 2, 400: 1, 503: 1 } },
      ...{ webSockets: 0, messagesIn: 0, messagesOut: 0 },
    });
    assert.equal(latency.count, 4);
    assert.equal(protocols.http.accepted, server.stats.accepted);
  },

  "records tell of a request between those of its connection": async () => {
    const records: ServerRecord[] = [];
    const onRecord = (record: ServerRecord) => void records.push(record);
    await using server = await serveEcho({ ...HTTP, onRecord });
    await using client = await Client.connect(server.port);
    const { port } = client;
    client.send(head("/a?secret=1&close=true"));
    assert.equal(await client.end(), "FIN");
    client.finish();
    await (await server.waitForConnection()).closed;
    const events = records.map(({ event }) => event);
    assert.deepEqual(events, ["listening", "connect", "request", "disconnect"]);
    const [, , request] = records;
    assert(request.event === "request");
    const { method, path, status, bytesIn, peer, id } = request;
    assert.deepEqual([method, path, status, bytesIn, peer, id], [
      ...["GET", "/a", 200, 0, `127.0.0.1:${port}`, 1],
    ]);
  },

  "servers do not hear of each other's requests": async () => {
    await using one = await serveEcho({ ...HTTP, httpText: "one" });
    await using two = await serveEcho({ ...HTTP, httpText: "two" });
    const listen = ["tcp://127.0.0.1:0", HTTP.listen, HTTP.listen];
    await using many = await serveEcho({ listen, httpText: "many" });
    const urls = [one.url, two.url, ...many.urls.slice(1)];
    const texts = urls.map(async (url) => await (await fetch(url)).text());
    const all = await Promise.all(texts);
    assert.deepEqual(all, ["one", "two", "many", "many"]);
    await many.waitForRequest(2);
    const counts = [one, two, many].map(({ stats }) => stats.http.requests);
    assert.deepEqual(counts, [1, 1, 2]);
    await using client = await Client.connect(many.port);
    await client.echoes("no HTTP here");
    await one.close();
    assert.equal(await get(two, "/"), "two");
  },
};

/** The header of a request without a body. */
function head(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

async function get({ url }: EchoServer, path: string): Promise<string> {
  return await (await inTime(fetch(`${url}${path}`), path)).text();
}

async function post(
  { url }: EchoServer,
  path: string,
  body: string,
): Promise<string> {
  return await (await fetch(`${url}${path}`, { method: "POST", body })).text();
}

/** The same over TLS, as `fetch` trusts nobody whom it does not know. */
function postTls(
  { port, certificate: ca }: EchoServer,
  path: string,
  body: string,
): Promise<string> {
  const options = { host: "127.0.0.1", port, path, ca, method: "POST" };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { "content-length": body.length, connection: "close" };
  const request = requestTls({ ...options, headers }, (response) => {
    let text = "";
    response.on("data", (data) => text += data);
    response.on("end", () => resolve(text)).on("error", reject);
  });
  request.on("error", reject).end(body);
  return inTime(promise, path);
}

async function rejects(wait: Promise<unknown>, message: string): Promise<void> {
  await assert.rejects(wait, (error) => {
    assert(error instanceof WaitError, `${error}`);
    assert.equal(error.message, message);
    return true;
  });
}
