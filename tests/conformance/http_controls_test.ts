import { gunzipSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { head } from "../http_client.ts";
import { HTTP, HTTP_AND_HTTPS } from "../http_stack.ts";

const KIB = 1024;
// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

const SECRETS = {
  "authorization": "Bearer abcdef",
  "cookie": "id=abcdef",
  "proxy-authorization": "Basic abcdef",
  "x-api-key": "abcdef",
  "x-auth-token": "abcdef",
};
const SECRET_FIELDS = Object.entries(SECRETS).map((field) => field.join(": "));

for (const stack of HTTP_AND_HTTPS) {
  Deno.test(`${stack.name}: a request without a body is told what was received`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    const answer = await client.get(
      "/a%20b?x=1&y=2&x=3",
      ...["X-One: 1", "X-Two: a", "X-Two: b", ...SECRET_FIELDS],
    );
    assertEquals(answer.status, 200);
    assertMatch(
      `${answer.headers.get("content-type")}`,
      /^application\/json\b/,
    );
    const { headers, time, tls, ...rest } = JSON.parse(answer.text);
    assertEquals(rest, {
      method: "GET",
      path: "/a%20b",
      query: { x: ["1", "3"], y: "2" },
      version: "HTTP/1.1",
      peer: client.peer,
      connection: 1,
    });
    assertEquals(headers["x-one"], "1");
    assertEquals(headers["x-two"], "a, b");
    for (const name of Object.keys(SECRETS)) {
      assertEquals(headers[name], "<redacted>", name);
    }
    assertMatch(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assertMatch(
      `${tls}`,
      stack.scheme === "https" ? /^TLSv1\.\d$/ : /undefined/,
    );
    await server.waitFor({ event: "request", path: "/a%20b", status: 200 });
    assert(!/abcdef|y=2/.test(server.stderr), "the log tells secrets");
  });
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: an answer with status 205 has an end, and a body that is empty`, async () => {
    await using server = await stack.start();
    for (const body of ["", "hello"]) {
      using client = await stack.dial(server);
      const length = `Content-Length: ${body.length}`;
      await client.send(head("POST", "/?status=205", length), body);
      const answer = await client.head();
      assertEquals(answer.status, 205);
      // RFC 9110, section 15.3.6: else its reader waits for a body.
      const ends = answer.headers.get("content-length") === "0" ||
        answer.headers.get("connection") === "close";
      assert(ends, JSON.stringify([...answer.headers]));
      const parts: Uint8Array[] = [];
      assert(await client.body(answer, (part) => parts.push(part)));
      assertEquals(parts.reduce((sum, { length }) => sum + length, 0), 0);
    }
  });

  Deno.test(`${stack.name}: a client gets the status, size and delay that it asks for`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (const status of [200, 204, 302, 304, 404, 418, 503, 599]) {
      assertEquals((await client.get(`/?status=${status}`)).status, status);
    }
    const posted = await client.post("/?status=201", "made");
    assertEquals([posted.status, posted.text], [201, "made"]);
    for (const size of [0, 1, 64, 65, 10 * KIB, 300 * KIB]) {
      const { text } = await client.get(`/?size=${size}`);
      const line =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.\n";
      assertEquals(text, line.repeat(size / 64 + 1).slice(0, size));
    }
    // What is sent is thrown away then, and is not in the way of the next.
    const instead = await client.post("/?size=10KiB", noise(3000));
    assertEquals(instead.body.length, 10 * KIB);
    const fields = [
      "X-Echo-Status: 500",
      "X-Echo-Size: 10",
      "X-Echo-Delay: 1ms",
    ];
    const asked = await client.get("/", ...fields);
    assertEquals([asked.status, asked.text], [500, "0123456789"]);
    const both = await client.get("/?status=501&size=2", ...fields);
    assertEquals([both.status, both.text], [501, "01"]);
    const began = performance.now();
    await client.post("/?delay=150ms", "late");
    assert(performance.now() - began >= 150 - EARLY_MS);
    assertEquals(server.all({ event: "connect" }).length, 1);
  });

  Deno.test(`${stack.name}: close ends the connection with the answer`, async () => {
    await using server = await stack.start();
    for (const target of ["/?close=true", "/?close", "/?close&size=2MiB"]) {
      using client = await stack.dial(server);
      const { headers, body } = await client.get(target);
      assertEquals(headers.get("connection"), "close");
      if (target.includes("size")) assertEquals(body.length, 2048 * KIB);
      assertEquals(await client.ends(), "FIN");
    }
    using client = await stack.dial(server);
    const data = noise(200 * KIB);
    const { body } = await client.post("/", data, "X-Echo-Close: true");
    assertEquals(sha256(body), sha256(data));
    assertEquals(await client.ends(), "FIN");
    using other = await stack.dial(server);
    for (let i = 0; i < 2; i++) {
      const { headers } = await other.get(
        "/?close=false",
        "X-Echo-Close: true",
      );
      assertEquals(headers.get("connection"), null);
    }
  });

  Deno.test(`${stack.name}: what cannot be used gets 400 that says why, and the connection goes on`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (
      const [query, why] of [
        ["status=999", /status=999: expected a status from 200 to 599/],
        ["status=100", /status=100/],
        ["status=20x", /status=20x/],
        ["delay=-1s", /delay=-1s/],
        ["delay=61s", /delay=61s: expected at most 60s/],
        ["delay=soon", /delay=soon/],
        ["size=101MiB", /size=101MiB: expected at most 100MiB/],
        ["size=NaN", /size=NaN/],
        ["close=perhaps", /close=perhaps/],
      ] as const
    ) {
      for (const method of ["GET", "POST"]) {
        const answer = method === "GET"
          ? await client.get(`/?${query}`)
          : await client.post(`/?${query}`, noise(500));
        assertEquals(answer.status, 400);
        assertMatch(answer.text, why);
        assertMatch(`${answer.headers.get("content-type")}`, /^text\/plain\b/);
      }
    }
    const markup = await client.get("/?status=<script>");
    assertEquals(markup.headers.get("x-content-type-options"), "nosniff");
    assertEquals((await client.post("/", "fine")).text, "fine");
    assertEquals(server.all({ event: "connect" }).length, 1);
  });

  Deno.test(`${stack.name}: no content type that a browser runs comes back`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (
      const [claimed, told] of [
        ["text/html", "application/octet-stream"],
        ["TEXT/HTML; charset=utf-8", "application/octet-stream"],
        ["text/javascript", "application/octet-stream"],
        ["application/javascript", "application/octet-stream"],
        ["application/xhtml+xml", "application/octet-stream"],
        ["image/svg+xml", "application/octet-stream"],
        ["text/css", "application/octet-stream"],
        ["multipart/form-data; boundary=x", "application/octet-stream"],
        ["nonsense", "application/octet-stream"],
        ["application/json", "application/json"],
        ["text/plain;charset=UTF-8", "text/plain; charset=utf-8"],
        ["text/plain; charset=utf-7", "text/plain"],
        ["image/png", "image/png"],
      ]
    ) {
      const { headers } = await client.post(
        "/",
        "<script>alert(1)</script>",
        `Content-Type: ${claimed}`,
      );
      assertEquals(headers.get("content-type"), told, claimed);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    }
    const { headers } = await client.post("/", "no type");
    assertEquals(headers.get("content-type"), "application/octet-stream");
  });

  Deno.test(`${stack.name}: gzip comes to those alone who ask for it`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (const field of ["X-None: 1", "Accept-Encoding: br, gzip;q=0"]) {
      const { headers, text } = await client.get("/", field);
      assertEquals(headers.get("content-encoding"), null);
      assertEquals(JSON.parse(text).path, "/");
    }
    const { headers, body } = await client.get(
      "/",
      "Accept-Encoding: br, gzip",
    );
    assertEquals(headers.get("content-encoding"), "gzip");
    const { path } = JSON.parse(new TextDecoder().decode(gunzipSync(body)));
    assertEquals(path, "/");
    const data = noise(100);
    const echo = await client.post("/", data, "Accept-Encoding: gzip");
    assertEquals(echo.headers.get("content-encoding"), null);
    assertEquals(sha256(echo.body), sha256(data));
  });

  Deno.test(`${stack.name}: --show-secrets shows them to their client`, async () => {
    await using server = await stack.start("--show-secrets");
    using client = await stack.dial(server);
    const { text } = await client.get("/", ...SECRET_FIELDS);
    const { headers } = JSON.parse(text);
    for (const [name, value] of Object.entries(SECRETS)) {
      assertEquals(headers[name], value);
    }
    assert(!server.stderr.includes("abcdef"), "the log tells secrets");
  });

  Deno.test(`${stack.name}: --http-text answers everything`, async () => {
    const text = "here I am – ✓";
    await using server = await stack.start("--http-text", text);
    using client = await stack.dial(server);
    for (
      const answer of [
        await client.get("/any?x=y"),
        await client.post("/", noise(1000)),
        await client.get("/?size=10"),
      ]
    ) {
      assertEquals([answer.status, answer.text], [200, text]);
      assertMatch(`${answer.headers.get("content-type")}`, /^text\/plain\b/);
    }
    assertEquals((await client.get("/?status=503")).status, 503);
    await client.send(head("HEAD", "/"));
    const { headers } = await client.answer("HEAD");
    assertEquals(headers.get("content-length"), `${new Blob([text]).size}`);
    assertEquals((await client.post("/", "last")).text, text);
  });
}
