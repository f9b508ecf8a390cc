import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { makeSelfSigned, type SelfSigned } from "../../src/tls/self_signed.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../assert.ts";
import { outputOf } from "../targets.ts";

const DAY_MS = 86_400_000;
const NOW = new Date("2030-05-06T07:08:09.876Z");

const HAS_OPENSSL = await outputOf("openssl", ["version"]).then(
  () => true,
  () => false,
);

const OPENSSL = { ignore: !HAS_OPENSSL };

/** Runs a command of `openssl` that ends in the path of a file with a text. */
async function openssl(text: string, ...args: string[]): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "echod-test-" });
  try {
    await Deno.writeTextFile(path, text);
    return await outputOf("openssl", [...args, path]);
  } finally {
    await Deno.remove(path);
  }
}

/** The entries of subjectAltName, with addresses as URLs write them. */
async function altNames(...names: string[]): Promise<string[]> {
  const { cert } = await makeSelfSigned(names);
  const { subjectAltName = "" } = new X509Certificate(cert);
  return subjectAltName.split(", ").map((entry) =>
    entry.replace(
      /(?<=^IP Address:).*:.*/,
      (address) => new URL(`http://[${address}]`).hostname,
    )
  );
}

Deno.test("A certificate is for echod, and signed by its own key", async () => {
  const { cert, key } = await makeSelfSigned(["localhost"]);
  const parsed = new X509Certificate(cert);
  assertEquals(parsed.subject, "CN=echod");
  assertEquals(parsed.issuer, "CN=echod");
  assertEquals(parsed.ca, false);
  assert(parsed.verify(parsed.publicKey));
  assert(parsed.checkPrivateKey(createPrivateKey(key)));
});

Deno.test("The PEM texts have lines of 64 and a label", async () => {
  const { cert, key } = await makeSelfSigned(["localhost"]);
  const base64 = "([\\w+/]{64}\\n)+[\\w+/=]{1,64}\\n";
  for (const [label, pem] of [["CERTIFICATE", cert], ["PRIVATE KEY", key]]) {
    const framed =
      `-----BEGIN ${label}-----\n${base64}-----END ${label}-----\n`;
    assertMatch(pem, RegExp(`^${framed}$`));
  }
});

Deno.test("The fingerprint is the one that others compute", async () => {
  const { cert, fingerprint } = await makeSelfSigned(["localhost"]);
  assertMatch(fingerprint, /^([\dA-F]{2}:){31}[\dA-F]{2}$/);
  assertEquals(new X509Certificate(cert).fingerprint256, fingerprint);
});

Deno.test(
  "openssl prints the same fingerprint",
  OPENSSL,
  async () => {
    const { cert, fingerprint } = await makeSelfSigned(["localhost"]);
    const args = ["x509", "-noout", "-fingerprint", "-sha256", "-in"];
    assertMatch(await openssl(cert, ...args), RegExp(`=${fingerprint}$`));
  },
);

Deno.test("A certificate is valid from an hour ago, for 30 days", async () => {
  const { cert } = await makeSelfSigned(["localhost"], { now: NOW });
  const { validFrom, validTo } = new X509Certificate(cert);
  assertEquals(new Date(validFrom), new Date("2030-05-06T06:08:09Z"));
  assertEquals(new Date(validTo), new Date("2030-06-05T07:08:09Z"));
});

Deno.test("A certificate is valid as long as it is asked to be", async () => {
  for (const days of [1, 365, 10_000]) {
    const { cert } = await makeSelfSigned(["a"], { now: NOW, days });
    const expected = Math.floor(NOW.getTime() / 1000) * 1000 + days * DAY_MS;
    assertEquals(Date.parse(new X509Certificate(cert).validTo), expected);
  }
  const { cert } = await makeSelfSigned(["a"]);
  const past = Date.now() - Date.parse(new X509Certificate(cert).validFrom);
  assert(past >= 3_600_000 && past < 3_700_000, `${past}`);
});

Deno.test("makeSelfSigned refuses an end that no certificate can say", async () => {
  for (const days of [1e7, 1e12, NaN]) {
    await assertRejects(() => makeSelfSigned(["a"], { days }), RangeError);
  }
});

Deno.test("subjectAltName has host names and addresses", async () => {
  const entries: Readonly<Record<string, string>> = {
    "localhost": "DNS:localhost",
    "Echo.EXAMPLE.com.": "DNS:echo.example.com",
    "*.example.com": "DNS:*.example.com",
    "test_bench-1": "DNS:test_bench-1",
    "bücher.example": "DNS:xn--bcher-kva.example",
    "127.0.0.1": "IP Address:127.0.0.1",
    "255.128.0.1": "IP Address:255.128.0.1",
    "::": "IP Address:[::]",
    "::1": "IP Address:[::1]",
    "1::": "IP Address:[1::]",
    "2001:DB8::8:800:200c:417a": "IP Address:[2001:db8::8:800:200c:417a]",
    "1:2:3:4:5:6:7:ffff": "IP Address:[1:2:3:4:5:6:7:ffff]",
    "::ffff:1.2.3.4": "IP Address:[::ffff:102:304]",
    "1::2:3:7.8.9.255": "IP Address:[1::2:3:708:9ff]",
    "fe80::1%eth0": "IP Address:[fe80::1]",
  };
  const names = Object.keys(entries);
  assertEquals(await altNames(...names), Object.values(entries));
});

Deno.test("subjectAltName has each name once, in order", async () => {
  const names = ["b", "127.0.0.1", "a", "B", "::1", "127.1", "0::1", "b."];
  const expected = ["DNS:b", "IP Address:127.0.0.1", "DNS:a"];
  assertEquals(await altNames(...names), [...expected, "IP Address:[::1]"]);
});

Deno.test("A certificate is good for its names and no others", async () => {
  const names = ["localhost", "127.0.0.1", "::1"];
  const parsed = new X509Certificate((await makeSelfSigned(names)).cert);
  const has = (name: string) =>
    !!(isIP(name) ? parsed.checkIP(name) : parsed.checkHost(name));
  const others = ["host", "a.localhost", "127.0.0.2", "::2"];
  assertEquals([...names, ...others].filter(has), names);
});

Deno.test("makeSelfSigned refuses what is no name", async () => {
  const words = ["", " ", "a b", "a:80", "a/b", "a@b", "[::1]", "a%41", "a,b"];
  const shapes = [".", "a..b", "-a", "a-", "a.*", "x".repeat(64), "1.2.3.256"];
  for (const name of [...words, ...shapes]) {
    const expected = `Cannot certify "${name}": expected a host`;
    await assertRejects(() => makeSelfSigned([name]), TypeError, expected);
  }
  await assertRejects(() => makeSelfSigned([]), TypeError, "certify no name");
});

Deno.test(
  "openssl reads a server's extensions",
  OPENSSL,
  async () => {
    const { cert } = await makeSelfSigned(["localhost"]);
    const text = await openssl(cert, "x509", "-noout", "-text", "-in");
    const lines = text.split("\n").map((line) => line.trim());
    const after = (title: string) =>
      lines[lines.indexOf(`X509v3 ${title}`) + 1];
    assert(lines.includes("Version: 3 (0x2)"));
    assert(lines.includes("Signature Algorithm: ecdsa-with-SHA256"));
    assert(lines.includes("NIST CURVE: P-256"));
    assertEquals(after("Basic Constraints: critical"), "CA:FALSE");
    assertEquals(after("Key Usage: critical"), "Digital Signature");
    assertEquals(after("Extended Key Usage:"), "TLS Web Server Authentication");
    assertEquals(after("Subject Alternative Name:"), "DNS:localhost");
    const keyId = after("Subject Key Identifier:");
    assertMatch(keyId, /^([\dA-F]{2}:){31}[\dA-F]{2}$/);
    // OpenSSL 1 says that it is a `keyid`.
    const issuer = after("Authority Key Identifier:").replace(/^keyid:/, "");
    assertEquals(issuer, keyId);
  },
);

Deno.test("openssl verifies each that it trusts", OPENSSL, async () => {
  const made = [await makeSelfSigned(["a"]), await makeSelfSigned(["b"])];
  const bundle = await Deno.makeTempFile({ prefix: "echod-test-" });
  const verify = ["verify", "-x509_strict", "-purpose", "sslserver"];
  try {
    await Deno.writeTextFile(bundle, made.map(({ cert }) => cert).join(""));
    for (const { cert } of made) {
      assertMatch(await openssl(cert, ...verify, "-CAfile", bundle), /: OK$/);
    }
  } finally {
    await Deno.remove(bundle);
  }
});

/** Sends a byte to a server with the certificate, and gives back its answer. */
async function echoOverTls(
  { cert, key }: SelfSigned,
  hostname: string,
  trusted: string,
): Promise<number> {
  using server = Deno.listenTls({ hostname, port: 0, cert, key });
  const echo = async () => {
    using conn = await server.accept();
    const buffer = new Uint8Array(1);
    await conn.read(buffer);
    await conn.write(buffer);
  };
  const talk = async () => {
    const { port } = server.addr;
    using conn = await Deno.connectTls({ hostname, port, caCerts: [trusted] });
    await conn.write(Uint8Array.of(42));
    const buffer = new Uint8Array(1);
    await conn.read(buffer);
    return buffer[0];
  };
  const [answer] = await Promise.allSettled([talk(), echo()]);
  if (answer.status === "fulfilled") return answer.value;
  throw answer.reason;
}

Deno.test("A client that trusts it talks to the server by its names", async () => {
  const made = await makeSelfSigned(["localhost", "127.0.0.1"]);
  for (const hostname of ["localhost", "127.0.0.1"]) {
    assertEquals(await echoOverTls(made, hostname, made.cert), 42, hostname);
  }
});

Deno.test("A client that trusts another, or wants another name, refuses", async () => {
  const made = await makeSelfSigned(["localhost"]);
  const { cert } = await makeSelfSigned(["localhost"]);
  const refused = (hostname: string, trusted: string) =>
    assertRejects(
      () => echoOverTls(made, hostname, trusted),
      Deno.errors.InvalidData,
      "invalid peer certificate",
    );
  await refused("localhost", cert);
  await refused("127.0.0.1", made.cert);
});

Deno.test("Each call makes another key and another, positive serial", async () => {
  const made = await Promise.all(
    Array.from({ length: 200 }, () => makeSelfSigned(["localhost"])),
  );
  const serials = made.map(({ cert }) =>
    new X509Certificate(cert).serialNumber
  );
  for (const serial of serials) assertMatch(serial, /^[4-7][\dA-F]{31}$/);
  assertEquals(new Set(serials).size, 200);
  assertEquals(new Set(made.map(({ key }) => key)).size, 200);
});
