import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { OptionError } from "../../src/errors.ts";
import { makeSelfSigned } from "../../src/tls/self_signed.ts";
import { setUpTls, type TlsChoice } from "../../src/tls/setup.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../assert.ts";
import { outputOf } from "../targets.ts";
import { MADE, OTHER, PAIR, refuses, setUp } from "./setting_up.ts";

const DAY_MS = 86_400_000;

const HAS_OPENSSL = await outputOf("openssl", ["version"]).then(
  () => true,
  () => false,
);

/** A damaged PEM text of a label. */
function damaged(label: string): string {
  return `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
}

/** A private key as PEM, under a password if there is one. */
function pemOf(
  key: KeyObject,
  type: "pkcs8" | "pkcs1" | "sec1",
  passphrase?: string,
): string {
  const password = passphrase && { cipher: "aes-256-cbc", passphrase };
  return `${key.export({ type, format: "pem", ...(password || {}) })}`;
}

const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });

Deno.test("a certificate and its key are taken as they are", async () => {
  const setup = await setUp({
    ...PAIR,
    clientCa: OTHER.cert,
    alpn: ["a", "b"],
  });
  assertEquals(setup, {
    ...{ cert: PAIR.cert, key: PAIR.key.trim() },
    clientCa: OTHER.cert,
    alpn: ["a", "b"],
    fingerprint: MADE.fingerprint,
    warning: undefined,
  });
  assertEquals((await setUp(PAIR))?.alpn, []);
});

Deno.test("a certificate that is empty or something else is an error", async () => {
  for (
    const cert of ["", "x", "\0\x01", damaged("CERTIFICATE REQUEST"), MADE.key]
  ) {
    await refuses(
      { ...PAIR, cert },
      "Cannot use <cert>: expected a certificate as PEM, which begins with",
    );
    await refuses(
      { ...PAIR, clientCa: cert },
      "Cannot use <clientCa>: expected a certificate as PEM, which begins with",
    );
  }
});

Deno.test("a key that is empty or something else is an error", async () => {
  const publicKey = `${RSA.publicKey.export({ type: "spki", format: "pem" })}`;
  const cut = MADE.key.slice(0, 100);
  for (const key of ["", "x", MADE.cert, publicKey, cut]) {
    await refuses(
      { ...PAIR, key },
      "Cannot use <key>: expected a private key as PEM, which begins with",
    );
  }
});

Deno.test("a damaged certificate or key is an error", async () => {
  const certificate = damaged("CERTIFICATE");
  const cut = MADE.cert.replace(/\n.{64}\n/, "\n");
  for (const cert of [certificate, cut]) {
    const message = "Cannot use <cert>: the certificate is damaged (";
    await refuses({ ...PAIR, cert }, message);
  }
  for (const choice of [PAIR, { selfSigned: true }]) {
    const message = "Cannot use <clientCa>: the certificate is damaged (";
    await refuses({ ...choice, clientCa: certificate }, message);
  }
  const keys = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
  for (const key of keys.map(damaged)) {
    const message = "Cannot use <key>: the private key is damaged (";
    await refuses({ ...PAIR, key }, message);
  }
});

Deno.test("a key that is encrypted is an error that says so", async () => {
  const ec = createPrivateKey(MADE.key);
  const keys = [
    pemOf(RSA.privateKey, "pkcs8", "secret"),
    pemOf(RSA.privateKey, "pkcs1", "secret"),
    pemOf(ec, "pkcs8", "secret"),
    pemOf(ec, "sec1", "secret"),
  ];
  for (const key of keys) {
    assert(key.includes("ENCRYPTED"));
    await refuses(
      { ...PAIR, key },
      "Cannot use <key>: it is encrypted, and nobody is asked for a password; " +
        "decrypt it with openssl pkey",
    );
  }
});

Deno.test("a key of another certificate is an error, whatever its kind", async () => {
  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  const keys = [
    OTHER.key,
    pemOf(RSA.privateKey, "pkcs8"),
    pemOf(RSA.privateKey, "pkcs1"),
    pemOf(ed25519, "pkcs8"),
  ];
  for (const key of keys) {
    await refuses(
      { ...PAIR, key },
      "Cannot use <key>: it is not the key of <cert>",
    );
  }
});

Deno.test("a key may be SEC1, lines end with CRLF, and certificates stand among others", async () => {
  const sec1 = pemOf(createPrivateKey(MADE.key), "sec1");
  assertMatch(sec1, /^-----BEGIN EC PRIVATE KEY-----/);
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  const { cert, key } = PAIR;
  const all = `${key}${cert}text\n${OTHER.cert}`;
  const choices: [choice: TlsChoice, cert: string, key: string][] = [
    [{ cert, key: sec1 }, cert, sec1],
    // Of one file for both, clients get certificates alone.
    [{ cert: all, key: all }, cert + OTHER.cert, key],
    [{ cert: crlf(cert), key: crlf(key) }, cert, key],
  ];
  const plain = (pem = "") => pem.replaceAll("\r\n", "\n").trim();
  for (const [choice, cert, key] of choices) {
    const setup = await setUp(choice);
    assertEquals(setup?.fingerprint, MADE.fingerprint);
    assertEquals([setup?.cert, setup?.key].map(plain), [cert, key].map(plain));
  }
});

Deno.test("a key may stand after something else, as openssl writes it", async () => {
  const sec1 = pemOf(createPrivateKey(MADE.key), "sec1");
  // What `openssl ecparam -genkey` begins with: prime256v1.
  const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n" +
    "-----END EC PARAMETERS-----\n";
  const attributes = "Bag Attributes\n    localKeyID: 01\n";
  for (const before of [parameters, attributes, MADE.cert]) {
    const setup = await setUp({ ...PAIR, key: before + sec1 });
    assertEquals(setup?.fingerprint, MADE.fingerprint);
  }
});

Deno.test("RSA keys are taken", { ignore: !HAS_OPENSSL }, async () => {
  const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
  const [keyPath, certPath] = [`${directory}/key`, `${directory}/cert`];
  try {
    const make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout"];
    await outputOf("openssl", [
      ...[...make, keyPath, "-out", certPath, "-subj", "/CN=echod"],
    ]);
    const cert = await Deno.readTextFile(certPath);
    const key = createPrivateKey(await Deno.readTextFile(keyPath));
    for (const type of ["pkcs8", "pkcs1"] as const) {
      const setup = await setUp({ cert, key: pemOf(key, type) });
      assertEquals(setup?.warning, undefined);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a certificate out of its time is taken, with a warning", async () => {
  const cases = [
    [-40, /^The certificate of <cert> expired on (.*): clients that check it /],
    [40, /^The certificate of <cert> is not valid before (.*): clients that /],
  ] as const;
  for (const [days, expected] of cases) {
    const now = new Date(Date.now() + days * DAY_MS);
    const { cert, key } = await makeSelfSigned(["localhost"], { now });
    const setup = await setUp({ cert, key });
    assertMatch(setup?.warning ?? "", expected);
    assertEquals(setup?.cert, cert);
    const { validFrom, validTo } = new X509Certificate(cert);
    const told = expected.exec(setup?.warning ?? "")?.[1];
    assertEquals(told, days < 0 ? validTo : validFrom);
  }
});

Deno.test("self-signed makes a certificate for loopback and each host", async () => {
  const urls = ["tls://0.0.0.0:0", "tls://[::]:0", "tls://192.0.2.1:0"];
  const setup = await setUp(
    { selfSigned: true, alpn: ["a"], clientCa: OTHER.cert },
    ...[...urls, "https://echo.test:0", "http://plain.test:0", "unix:/x"],
  );
  assert(setup);
  const made = new X509Certificate(setup.cert);
  assert(made.checkPrivateKey(createPrivateKey(setup.key)));
  assertEquals(made.fingerprint256, setup.fingerprint);
  assertEquals([setup.alpn, setup.clientCa], [["a"], OTHER.cert]);
  assertEquals(setup.warning, undefined);
  const names = (made.subjectAltName ?? "").split(", ").slice(0, 2);
  assertEquals(names, ["DNS:localhost", "IP Address:127.0.0.1"]);
  const certified = ["::1", "192.0.2.1"].map((ip) => !!made.checkIP(ip));
  assertEquals(certified, [true, true]);
  const others = [made.checkIP("0.0.0.0"), made.checkIP("::")];
  assertEquals(others, [undefined, undefined]);
  assert(made.checkHost("echo.test") && !made.checkHost("plain.test"));
});

Deno.test("self-signed for a host that no certificate can hold is an error", async () => {
  const addr = { transport: "tls", hostname: "a..b", port: 0 } as const;
  await assertRejects(
    () => setUpTls({ selfSigned: true }, [addr], (part) => part),
    OptionError,
    'Cannot certify "a..b"',
  );
});
