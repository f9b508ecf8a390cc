import type { TlsChoice } from "../../src/tls/setup.ts";
import { assertEquals } from "../assert.ts";
import { OTHER, PAIR, refuses, setUp } from "./setting_up.ts";

Deno.test("without listeners for TLS there is nothing to set up", async () => {
  for (const urls of [["tcp://127.0.0.1:0"], ["unix:/x", "tcp://[::1]:0"]]) {
    assertEquals(await setUp({}, ...urls), undefined);
    assertEquals(
      await setUp({ alpn: [], selfSigned: false }, ...urls),
      undefined,
    );
  }
});

Deno.test("one listener for TLS among others is enough", async () => {
  for (const url of ["tls://[::]:0", "https://[::]:0"]) {
    const setup = await setUp(PAIR, "tcp://[::1]:0", "http://[::1]:0", url);
    assertEquals(setup?.cert, PAIR.cert);
  }
});

Deno.test("protocols of ALPN need another listener than https://, which has its own", async () => {
  const choices: TlsChoice[] = [
    { ...PAIR, alpn: ["h2"] },
    { selfSigned: true, alpn: ["a"] },
  ];
  for (const choice of choices) {
    await refuses(
      choice,
      "Cannot use <alpn> with https:// alone: " +
        "it offers the versions of HTTP that there are",
      ...["https://[::1]:0", "http://[::1]:0", "tcp://[::1]:0"],
    );
  }
  const both = ["https://[::1]:0", "tls://[::1]:0"];
  const setup = await setUp({ ...PAIR, alpn: ["a"] }, ...both);
  assertEquals(setup?.alpn, ["a"]);
  assertEquals((await setUp(PAIR, "https://[::1]:0"))?.alpn, []);
});

Deno.test("parts of TLS without a listener for it are an error", async () => {
  const choices: Record<string, TlsChoice> = {
    cert: PAIR,
    key: { key: PAIR.key },
    selfSigned: { selfSigned: true },
    clientCa: { clientCa: OTHER.cert },
    alpn: { alpn: ["h2"] },
  };
  for (const [part, choice] of Object.entries(choices)) {
    const message =
      `Cannot use <${part}> without TLS: listen on tls://HOST:PORT`;
    await refuses(choice, message, "http://[::1]:0", "unix:/x");
  }
});

Deno.test("a listener for TLS needs certificate and key, or self-signed", async () => {
  const { cert, key } = PAIR;
  for (
    const choice of [{}, { clientCa: cert, alpn: ["a"] }]
  ) {
    await refuses(
      choice,
      "Cannot listen for TLS without a certificate: use <cert> and <key>, or " +
        "<selfSigned>",
    );
  }
  await refuses({ cert }, "Cannot use <cert> without <key>: ");
  await refuses({ key }, "Cannot use <key> without <cert>: ");
});

Deno.test("self-signed goes together with no certificate or key", async () => {
  for (const part of ["cert", "key"] as const) {
    await refuses(
      { selfSigned: true, [part]: PAIR[part] },
      `Cannot use <selfSigned> together with <${part}>: it makes a`,
    );
  }
});
