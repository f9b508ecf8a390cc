import { describeRequest } from "../../src/http/description.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, tcp } from "../fake_conn.ts";
import { type Asking, openSession, requestOf } from "./fake_web.ts";
import type { Guest } from "../../src/guest.ts";

interface Setup extends Asking {
  readonly guest?: Partial<Guest>;
  readonly showSecrets?: boolean;
  readonly firstLine?: string;
}

/** What a client is told of its request. */
function describe(path: string, setup: Setup = {}): Record<string, unknown> {
  const { guest, showSecrets = false, firstLine = "" } = setup;
  const request = requestOf(path, setup);
  const { session } = openSession(guest);
  session.look(bytesOf(firstLine));
  const url = new URL(request.url);
  const about = describeRequest(request, url, session, showSecrets);
  return JSON.parse(JSON.stringify(about));
}

Deno.test("describeRequest tells what has come, by which way, and nothing else", () => {
  const { time, ...rest } = describe("/a%20b/c?d=e", {
    method: "DELETE",
    headers: { "X-A": "1", accept: "*/*" },
    firstLine: "DELETE / HTTP/1.0\r\n",
    guest: { id: 7 },
  });
  assertEquals(rest, {
    method: "DELETE",
    path: "/a%20b/c",
    query: { d: "e" },
    version: "HTTP/1.0",
    headers: { accept: "*/*", "x-a": "1" },
    peer: "192.0.2.1:50000",
    connection: 7,
  });
  assertEquals(new Date(`${time}`).toISOString(), time);
});

Deno.test("describeRequest tells the client behind a proxy, and what TLS has agreed on", () => {
  const client = tcp("2001:db8::1", 1234);
  const proxied = describe("/", { guest: { client } });
  assertEquals(proxied.client, "[2001:db8::1]:1234");
  assertEquals(proxied.peer, "192.0.2.1:50000");
  const tls = { protocol: "TLSv1.3" };
  const secured = describe("/", { guest: { tls } });
  assertEquals([secured.tls, "alpn" in secured], ["TLSv1.3", false]);
  const chosen = describe("/", { guest: { tls: { ...tls, alpn: "h2" } } });
  assertEquals([chosen.tls, chosen.alpn], ["TLSv1.3", "h2"]);
  const plain = describe("/");
  assert(!("client" in plain) && !("tls" in plain) && !("alpn" in plain));
});

Deno.test("describeRequest shows no credentials, whatever their field is called", () => {
  const names = [
    ...["Authorization", "proxy-authorization", "COOKIE", "Cookie2"],
    ...["x-api-key", "X-ApiKey", "api-key", "x-auth-token", "x-csrf-token"],
    ...["x-xsrf", "session-id", "x-amz-security-token", "x-secret-thing"],
    ...["password", "x-passwd", "x-credentials", "set-cookie"],
    ...["x-forwarded-authorization", "x-auth", "www-authenticate", "oauth"],
    ...[
      "x-jwt",
      "x-jwt-assertion",
      "x-csrf",
      "passw",
      "api_key",
      "private-key",
    ],
    ...["key", "x-amz-server-side-encryption-customer-key", "x-sessionid"],
  ];
  const headers = Object.fromEntries(names.map((name) => [name, "s3cr3t"]));
  const hidden = describe("/", { headers });
  assert(!JSON.stringify(hidden).includes("s3cr3t"), JSON.stringify(hidden));
  assertEquals(
    hidden.headers,
    Object.fromEntries(
      names.map((name) => [name.toLowerCase(), "<redacted>"]).sort(),
    ),
  );
  const shown = describe("/", { headers, showSecrets: true });
  assertEquals(
    new Set(Object.values(shown.headers as object)),
    new Set(["s3cr3t"]),
  );
});

Deno.test("describeRequest shows every other field as it came", () => {
  const headers = {
    "user-agent": 'a <b> "c"',
    "x-forwarded-for": "10.0.0.1, 10.0.0.2",
    ["__proto__"]: "a",
    constructor: "b",
    "x-keys": "c",
    "key-id": "d",
    "x-pass": "e",
  };
  const about = describe("/", { headers });
  assertEquals(Object.entries(about.headers as object), [
    ["__proto__", "a"],
    ["constructor", "b"],
    ["key-id", "d"],
    ["user-agent", 'a <b> "c"'],
    ["x-forwarded-for", "10.0.0.1, 10.0.0.2"],
    ["x-keys", "c"],
    ["x-pass", "e"],
  ]);
});

Deno.test("describeRequest groups the values of a name, in their order", () => {
  const query = (search: string) =>
    Object.entries(describe(`/${search}`).query as object);
  assertEquals(query(""), []);
  assertEquals(query("?"), []);
  assertEquals(query("?a=1&b=2&a=3&a=1&c&b="), [
    ["a", ["1", "3", "1"]],
    ["b", ["2", ""]],
    ["c", ""],
  ]);
  assertEquals(query("?a=%00%e2%82%ac+%3C&=x&%3d"), [
    ["a", "\0\u20ac <"],
    ["", "x"],
    ["=", ""],
  ]);
  assertEquals(query("?__proto__=1&__proto__=2&toString=3"), [
    ["__proto__", ["1", "2"]],
    ["toString", "3"],
  ]);
});
