import {
  closed,
  type ExchangeError,
  type FailureKind,
  failureOf,
  timedOut,
  tooMany,
  wrongByte,
} from "../../src/client/failure.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

function errorWith(code: string, message = "oops"): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("failureOf knows the errors of both runtimes", () => {
  const cases: readonly [FailureKind, Error][] = [
    ["refused", errorWith("ECONNREFUSED")],
    ["refused", new Error("Connection refused (os error 111)")],
    ["refused", errorWith("ENOENT")],
    ["unknown-host", errorWith("ENOTFOUND", "getaddrinfo ENOTFOUND a")],
    ["unknown-host", new Error("failed to lookup address information: x")],
    ["unreachable", errorWith("EHOSTUNREACH")],
    [
      "tls",
      errorWith("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
    ],
    ["tls", errorWith("UNABLE_TO_VERIFY_LEAF_SIGNATURE")],
    ["tls", errorWith("ERR_TLS_CERT_ALTNAME_INVALID")],
    ["tls", errorWith("ERR_SSL_UNEXPECTED_MESSAGE")],
    ["tls", new Error("invalid peer certificate: UnknownIssuer")],
    ["reset", errorWith("ECONNRESET")],
    ["reset", errorWith("EPIPE")],
    ["reset", new Error("Connection reset by peer (os error 104)")],
    ["closed", errorWith("ECONNRESET", "socket hang up")],
    ["closed", new Error("Unexpected EOF")],
    ["error", new Error("something else")],
  ];
  for (const [kind, error] of cases) {
    const failure = failureOf(error);
    assertEquals(failure.kind, kind, error.message);
    assertEquals(failure.isWrongAnswer, false);
    assertMatch(failure.message, /^[^\n]{8,}[^.\s]$/);
  }
});

Deno.test("failureOf says what to do about TLS that fails", () => {
  const trust = "; use --ca FILE to trust it";
  const none = "the server does not speak TLS there";
  const cases: readonly [code: string, text: string, words: string][] = [
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate", trust],
    ["", "unable to verify the first certificate", trust],
    ["", "invalid peer certificate: UnknownIssuer", trust],
    ["CERT_HAS_EXPIRED", "certificate has expired", "has expired"],
    [
      "",
      "error:100000df:SSL routines:OPENSSL_internal:UNEXPECTED_MESSAGE",
      none,
    ],
    [
      "",
      "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER",
      none,
    ],
    ["", "received unexpected handshake message: got ClientHello when", none],
    ["", "received corrupt message of type InvalidContentType", none],
  ];
  for (const [code, text, words] of cases) {
    const { kind, message } = failureOf(errorWith(code, text));
    assertEquals(kind, "tls", text);
    assert(message.startsWith("TLS failed: "), message);
    assert(message.endsWith(words), message);
  }
});

Deno.test("failureOf keeps a failure, and makes one line of whatever else", () => {
  const failure = closed();
  assert(failureOf(failure) === failure);
  assertEquals(failureOf(new Error("a\nb\x1b[2J")).message, "a b [2J");
  assertEquals(failureOf("just text").message, "just text");
  assertEquals(failureOf(new Error("")).message, "unknown error");
});

Deno.test("failures say how far the answer has come, and where it is wrong", () => {
  const cases: readonly [ExchangeError, FailureKind, string][] = [
    [closed(), "closed", "the server has closed the connection"],
    [closed(3, 64), "closed", "closed the connection after 3 of 64 bytes"],
    [timedOut(300, 0, 64), "timeout", "no answer within 300 ms"],
    [timedOut(300, 5, 64), "timeout", "5 of 64 bytes within 300 ms"],
    [tooMany(65, 64), "too-many-bytes", "expected 64, got 65"],
    [wrongByte(9, 0, 255), "wrong-bytes", "offset 9: expected 0x00, got 0xff"],
  ];
  for (const [failure, kind, words] of cases) {
    assertEquals(failure.kind, kind);
    assert(failure.message.endsWith(words), failure.message);
  }
  const wrong = cases.filter(([failure]) => failure.isWrongAnswer);
  assertEquals(wrong.map(([, kind]) => kind), [
    "too-many-bytes",
    "wrong-bytes",
  ]);
});
