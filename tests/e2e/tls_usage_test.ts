import { createPrivateKey } from "node:crypto";
import { makeSelfSigned } from "../../src/tls/self_signed.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { ServerProcess } from "../server_process.ts";
import { denoCommand, type Target, TARGETS } from "../targets.ts";
import { connectNodeTls } from "../tls_client.ts";

const TLS = ["--listen", "tls://127.0.0.1:0"];
const TCP = ["--listen", "tcp://127.0.0.1:0"];

/** Makes files of certificates and keys, good and bad, in a new directory. */
async function makeFiles(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
  const names = ["localhost"];
  const [good, other, expired] = await Promise.all([
    makeSelfSigned(names),
    makeSelfSigned(names),
    makeSelfSigned(names, { now: new Date("2001-02-03T04:05:06Z") }),
  ]);
  const encrypted = createPrivateKey(good.key).export({
    ...{ type: "pkcs8", format: "pem" },
    ...{ cipher: "aes-256-cbc", passphrase: "secret" },
  });
  const damaged = (pem: string) => pem.replace(/(?<=-\n).{8}/, "AAAAAAAA");
  const texts: Readonly<Record<string, string>> = {
    "good.pem": good.cert,
    "good.key": good.key,
    "other.key": other.key,
    // The name under which clients of this suite look for it.
    "cert.pem": expired.cert,
    "expired.key": expired.key,
    "encrypted.key": `${encrypted}`,
    "damaged.pem": damaged(good.cert),
    "damaged.key": damaged(good.key),
    "garbage": "This is no PEM.\n",
    "empty": "",
  };
  for (const [name, text] of Object.entries(texts)) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
  return directory;
}

/** Wrong command lines, and what the one line on standard error says. */
const WRONG: readonly [flags: readonly string[], complaint: RegExp][] = [
  [TLS, /without a certificate: use --cert and --key, or --self-signed$/],
  [[...TLS, "--cert", "good.pem"], /--cert .*good\.pem without --key: /],
  [[...TLS, "--key", "good.key"], /--key .*good\.key without --cert: /],
  [pair("good.pem", "good.key", "--self-signed"), /--self-signed.*with --cert/],
  [pair("good.pem", "other.key"), /--key .*other\.key: it is not the key of/],
  [pair("good.pem", "encrypted.key"), /--key .*encrypted\.key: it is encryp/],
  [pair("good.pem", "garbage"), /--key .*garbage: expected a private key/],
  [pair("good.pem", "empty"), /--key.*empty.*private key/],
  [pair("good.pem", "good.pem"), /--key .*good\.pem: expected a private key/],
  [pair("good.pem", "damaged.key"), /--key .*damaged\.key: .* damaged/],
  [pair("garbage", "good.key"), /--cert .*garbage: expected a certificate/],
  [pair("empty", "good.key"), /--cert.*empty.*certificate/],
  [pair("good.key", "good.key"), /--cert .*good\.key: expected a certificate/],
  [pair("damaged.pem", "good.key"), /--cert .*damaged\.pem: .* damaged/],
  [pair("missing", "good.key"), /missing: there is no such file/],
  [pair("good.pem", "missing"), /missing: there is no such file/],
  [
    pair("good.pem", "good.key", "--client-ca", "garbage"),
    /--client-ca .*garbage: expected a certificate/,
  ],
  [
    pair("good.pem", "good.key", "--client-ca", "missing"),
    /missing: there is no such file/,
  ],
  [[...TCP, "--cert", "good.pem"], /--cert .*good\.pem without TLS: listen on/],
  [[...TCP, "--key", "good.key"], /--key .*good\.key without TLS: listen on/],
  [[...TCP, "--self-signed"], /--self-signed without TLS: listen on tls:/],
  [[...TCP, "--alpn", "echo"], /--alpn without TLS: listen on tls:/],
  [[...TCP, "--client-ca", "good.pem"], /--client-ca .* without TLS/],
  [[...TCP, "--cert-out", "new"], /--cert-out .*without TLS/],
];

function pair(cert: string, key: string, ...more: string[]): string[] {
  return [...TLS, "--cert", cert, "--key", key, ...more];
}

const FILE_FLAGS = ["--cert", "--key", "--client-ca", "--cert-out"];

/** The same flags, with the files in a directory. */
function inDirectory(directory: string, flags: readonly string[]): string[] {
  return flags.map((flag, i) =>
    FILE_FLAGS.includes(flags[i - 1]) ? `${directory}/${flag}` : flag
  );
}

async function complaintOf(
  target: Target,
  flags: readonly string[],
): Promise<string> {
  await using server = ServerProcess.spawn(target, flags);
  assertEquals(await server.exitCode(), 2, flags.join(" "));
  const said = server.stderr.split("\n").filter((line) =>
    line !== "" && !line.startsWith("Download ")
  );
  assertEquals(said.length, 1, server.stderr);
  return said[0];
}

for (const target of TARGETS) {
  for (const [flags, complaint] of WRONG) {
    Deno.test(`${target.name}: ${flags.slice(1).join(" ")} is wrong usage`, async () => {
      const directory = await makeFiles();
      const said = await complaintOf(target, inDirectory(directory, flags));
      await Deno.remove(directory, { recursive: true });
      assertMatch(said, /^echod: /);
      assertMatch(said, complaint);
    });
  }

  Deno.test(`${target.name}: an expired certificate is a warning, and serves`, async () => {
    const directory = await makeFiles();
    const flags = pair("cert.pem", "expired.key");
    await using server = await ServerProcess.start(
      target,
      inDirectory(directory, flags),
      { directory },
    );
    const [{ message }] = server.all({ event: "warning" }).filter(
      ({ message }) => `${message}`.includes("cert.pem"),
    );
    assertMatch(`${message}`, /--cert .*cert\.pem expired on .*2001/);
    const { socket } = await connectNodeTls(server, {
      rejectUnauthorized: false,
    });
    const echo = new Promise((resolve) => socket.once("data", resolve));
    socket.write("x");
    assertEquals(`${await echo}`, "x");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  });
}

Deno.test("deno: what permissions TLS lacks is named", async () => {
  const directory = await makeFiles();
  const files = inDirectory(directory, pair("good.pem", "good.key"));
  const target = denoCommand("-N");
  assertMatch(await complaintOf(target, files), /Deno needs -R=.*good\.pem$/);
  const out = [...TLS, "--self-signed", "--cert-out", `${directory}/out`];
  assertMatch(await complaintOf(target, out), /Deno needs -W=.*out$/);
  await Deno.remove(directory, { recursive: true });
  const flags = [...TLS, "--self-signed"];
  await using _ = await ServerProcess.start(target, flags);
});
