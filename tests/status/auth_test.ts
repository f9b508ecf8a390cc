import { HttpError } from "../../src/status/answers.ts";
import { Guard } from "../../src/status/auth.ts";
import { assert, assertEquals } from "../assert.ts";

function ask(headers: HeadersInit = {}, url = "http://127.0.0.1/"): Request {
  return new Request(url, { headers });
}

function refusal(check: () => void): HttpError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    assert(error instanceof HttpError);
    return error;
  }
}

Deno.test("the token is taken as Bearer, and as the password of Basic", () => {
  const guard = new Guard("s3cret:~");
  for (
    const authorization of [
      ...["Bearer s3cret:~", "bearer s3cret:~", "BEARER  s3cret:~"],
      ...[`Basic ${btoa("me:s3cret:~")}`, `basic ${btoa(":s3cret:~")}`],
    ]
  ) {
    const check = () => guard.checkToken(ask({ authorization }));
    assertEquals(refusal(check), undefined, authorization);
  }
});

Deno.test("anything but the token is 401, with both challenges", () => {
  const guard = new Guard("s3cret");
  for (
    const authorization of [
      ...[undefined, "", "Bearer", "Bearer ", "s3cret", "Token s3cret"],
      ...["Bearer s3cre", "Bearer s3cret1", "Bearer S3CRET", "Bearer s3cret x"],
      ...["Bearer,Bearer s3cret", "Bearer\ts3cret", 'Bearer "s3cret"'],
      ...["Basic s3cret", "Basic ", "Basic !!!", `Basic ${btoa("s3cret")}`],
      ...[`Basic ${btoa("s3cret:")}`, `Basic ${btoa("me:s3cret\n")}`],
      ...[`Basic ${btoa("s3cret:me")}`, `Bearer ${btoa("me:s3cret")}`],
      ...["Basic =", "Bearer \u00e9", `Bearer ${"x".repeat(10_000)}`],
    ]
  ) {
    const headers: HeadersInit = authorization === undefined
      ? {}
      : { authorization };
    const error = refusal(() => guard.checkToken(ask(headers)));
    assert(error, `${authorization}`);
    assertEquals(error.status, 401);
    assert(!error.message.includes("s3cret"), error.message);
    const challenges = new Headers(error.headers).get("www-authenticate");
    assertEquals(challenges, 'Basic realm="echod", Bearer realm="echod"');
  }
});

Deno.test("without a token, nothing has to be given", () => {
  const guard = new Guard(undefined);
  assertEquals(guard.hasToken, false);
  guard.checkToken(ask());
  guard.checkToken(ask({ authorization: "Bearer x" }));
});

Deno.test("without a token, names of other hosts are 403", () => {
  const guard = new Guard(undefined);
  const own = [
    ...["127.0.0.1", "127.0.0.1:9090", "[::1]:9090", "[::1]", "10.0.0.1:80"],
    ...["localhost", "localhost:9090", "LocalHost:1", "a.b.localhost:9090"],
    ...["", "[2001:db8::1]:9090"],
  ];
  for (const host of own) {
    assertEquals(refusal(() => guard.checkHost(ask({ host }))), undefined);
  }
  for (
    const host of [
      ...[
        "evil.test",
        "evil.test:9090",
        "127.0.0.1.evil.test",
        "localhost.test",
      ],
      ...["xlocalhost", ".localhost", "a..localhost", "[evil.test]:1", "::1"],
      ...[
        "127.0.0.1:x",
        "127.0.0.1, evil.test",
        "127.0.0.1@evil.test",
        "127.1",
      ],
      ...["localhost:1:2", "[]", ":9090", "x".repeat(5000)],
    ]
  ) {
    const error = refusal(() => guard.checkHost(ask({ host })));
    assert(error, host);
    assertEquals(error.status, 403);
    assert(error.message.includes("DNS rebinding"), error.message);
    assert(error.message.length < 400);
  }
});

Deno.test("a request without Host goes by its URL, as HTTP/2 does", () => {
  const guard = new Guard(undefined);
  guard.checkHost(ask({}, "http://[::1]:9090/"));
  const error = refusal(() => guard.checkHost(ask({}, "http://evil.test/")));
  assertEquals(error?.status, 403);
});

Deno.test("with a token, any name may be used", () => {
  const guard = new Guard("x");
  guard.checkHost(ask({ host: "status.example.test" }));
});
