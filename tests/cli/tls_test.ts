import { checkTls, setUpTls, writeCertificate } from "../../src/cli/tls.ts";
import { OptionError, PermissionError } from "../../src/errors.ts";
import type { Permission } from "../../src/host.ts";
import { makeSelfSigned } from "../../src/tls/self_signed.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
} from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { parseServer, read } from "./parsing.ts";

const MADE = await makeSelfSigned(["localhost"]);
const OTHER = await makeSelfSigned(["localhost"]);
const TLS = ["--listen", "tls://127.0.0.1:0"];
const TCP = ["--listen", "tcp://127.0.0.1:0"];

/** A directory with `cert`, `key` and `ca`, gone after the test. */
function directoryOfFiles() {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const files = { cert: MADE.cert, key: MADE.key, ca: OTHER.cert };
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${path}/${name}`, text);
  }
  const names = () => [...Deno.readDirSync(path)].map(({ name }) => name);
  const remove = () => Deno.removeSync(path, { recursive: true });
  const pair = ["--cert", `${path}/cert`, "--key", `${path}/key`];
  return { path, names, pair, [Symbol.dispose]: remove };
}

/** Sets up what arguments ask for, where everything else is granted. */
function setUp(argv: readonly string[], denied?: Permission["kind"]) {
  const runtime = fakeRuntime({ isGranted: ({ kind }) => kind !== denied });
  const { settings } = parseServer(argv);
  return setUpTls(runtime, settings, settings.listen);
}

/** The same, and what is done once the server listens. */
async function setUpAndWrite(argv: readonly string[]) {
  const setup = await setUp(argv);
  writeCertificate(parseServer(argv).settings, setup);
  return setup;
}

Deno.test("setUpTls reads the files that the settings name", async () => {
  using directory = directoryOfFiles();
  const { path, pair } = directory;
  const setup = await setUp([
    ...[...TLS, ...pair, "--client-ca", `${path}/ca`],
    ...["--alpn", "a", "--alpn", "b"],
  ]);
  assertEquals(setup, {
    ...{ cert: MADE.cert, key: MADE.key.trim(), clientCa: OTHER.cert },
    ...{ alpn: ["a", "b"], fingerprint: MADE.fingerprint, warning: undefined },
  });
});

Deno.test("setUpTls makes nothing where there is no TLS", async () => {
  assertEquals(await setUp(TCP), undefined);
  assertEquals(await setUp([]), undefined);
});

Deno.test("--cert-out takes the certificate for clients, and no key", async () => {
  using directory = directoryOfFiles();
  const out = `${directory.path}/out`;
  for (const argv of [["--self-signed"], directory.pair]) {
    const setup = await setUpAndWrite([...TLS, ...argv, "--cert-out", out]);
    assert(setup);
    assertEquals(Deno.readTextFileSync(out), setup.cert);
    assert(!setup.cert.includes("PRIVATE"));
  }
});

Deno.test("--cert-out has no private key, even if --cert has one", async () => {
  using directory = directoryOfFiles();
  const [both, out] = [`${directory.path}/both`, `${directory.path}/out`];
  Deno.writeTextFileSync(both, MADE.cert + MADE.key);
  const argv = [...TLS, ...directory.pair, "--cert", both, "--cert-out", out];
  await setUpAndWrite(argv);
  assertEquals(Deno.readTextFileSync(out).includes("PRIVATE"), false);
});

Deno.test("--cert-out without TLS is an error", async () => {
  using directory = directoryOfFiles();
  const argv = [...TCP, "--cert-out", `${directory.path}/out`];
  await assertRejects(
    () => setUp(argv),
    OptionError,
    "Cannot use --cert-out",
  );
});

Deno.test("errors name the flag and the file", async () => {
  using directory = directoryOfFiles();
  const { path, pair } = directory;
  const none = "there is no such file or directory";
  const cases: [argv: string[], message: string][] = [
    [
      ["--cert", `${path}/none`, "--key", `${path}/key`],
      `Cannot read --cert ${path}/none: ${none}`,
    ],
    [["--cert", path, "--key", path], `Cannot read --cert ${path}: `],
    [
      ["--cert", `${path}/key`, "--key", `${path}/cert`],
      `Cannot use --cert ${path}/key: expected a certificate as PEM`,
    ],
    [
      ["--cert", `${path}/ca`, "--key", `${path}/key`],
      `Cannot use --key ${path}/key: it is not the key of --cert ${path}/ca`,
    ],
    [
      [...pair, "--client-ca", `${path}/key`],
      `Cannot use --client-ca ${path}/key: expected a certificate as PEM`,
    ],
    [
      [...pair, "--self-signed"],
      `Cannot use --self-signed together with --cert ${path}/cert`,
    ],
    [
      [...pair, "--cert-out", `${path}/none/out`],
      `Cannot write --cert-out ${path}/none/out: ${none}`,
    ],
    [
      ["--cert", `${path}/cert`],
      `Cannot use --cert ${path}/cert without --key: `,
    ],
  ];
  for (const [argv, message] of cases) {
    await assertRejects(
      () => setUpAndWrite([...TLS, ...argv]),
      OptionError,
      message,
    );
  }
  const withoutTls = "without TLS: listen on tls://HOST:PORT";
  const useless: [argv: string[], flag: string][] = [
    [pair, `--cert ${path}/cert`],
    [["--self-signed"], "--self-signed"],
    [["--alpn", "h2"], "--alpn"],
  ];
  for (const [argv, flag] of useless) {
    const message = `Cannot use ${flag} ${withoutTls}`;
    await assertRejects(() => setUp([...TCP, ...argv]), OptionError, message);
  }
});

Deno.test("an empty certificate or key is named as what is wrong", async () => {
  using directory = directoryOfFiles();
  const { path } = directory;
  Deno.writeTextFileSync(`${path}/empty`, "");
  for (const part of ["cert", "key"]) {
    const argv = [...directory.pair, `--${part}`, `${path}/empty`];
    const message = `Cannot use --${part} ${path}/empty: expected a `;
    await assertRejects(() => setUp([...TLS, ...argv]), OptionError, message);
  }
});

Deno.test("a missing permission is named with its file", async () => {
  using directory = directoryOfFiles();
  const { path, pair } = directory;
  const cases: [argv: string[], denied: Permission["kind"], message: string][] =
    [
      [
        pair,
        "read",
        `Cannot read --cert ${path}/cert: Deno needs -R=${path}/cert`,
      ],
      [
        ["--self-signed", "--client-ca", `${path}/ca`],
        "read",
        `Cannot read --client-ca ${path}/ca: Deno needs -R=${path}/ca`,
      ],
      [
        ["--self-signed", "--cert-out", `${path}/out`],
        "write",
        `Cannot write --cert-out ${path}/out: Deno needs -W=${path}/out`,
      ],
    ];
  for (const [argv, denied, message] of cases) {
    const setting = () => setUp([...TLS, ...argv], denied);
    await assertRejects(setting, PermissionError, message);
  }
  assertEquals(directory.names().sort(), ["ca", "cert", "key"]);
  for (const denied of ["read", "write"] as const) {
    assert(await setUp([...TLS, "--self-signed"], denied));
  }
});

Deno.test("checkTls tells what does not go together, and reads no file", () => {
  const check = (url: string, ...argv: string[]) => {
    const { settings } = read(["--listen", url, ...argv]);
    checkTls(settings, settings.listen);
  };
  const url = "https://127.0.0.1:0";
  assertThrows(
    () => check(url),
    OptionError,
    "Cannot listen for TLS without a certificate: use --cert and --key",
  );
  assertThrows(
    () => check(url, "--cert", "/nowhere.pem"),
    OptionError,
    "Cannot use --cert /nowhere.pem without --key",
  );
  assertThrows(
    () => check("tcp://127.0.0.1:0", "--self-signed"),
    OptionError,
    "Cannot use --self-signed without TLS",
  );
  check(url, "--cert", "/nowhere.pem", "--key", "/nowhere.key");
  check(url, "--self-signed");
});
