import { checkText } from "../../src/cli/check.ts";
import { flagOf, KEYS } from "../../src/cli/flags.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import { assert, assertEquals } from "../assert.ts";
import { parseServer } from "./parsing.ts";

function check(
  argv: readonly string[],
  listen: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): string[] {
  const parsed = parseServer(argv, {
    variable: (name) => variables[name],
    readFile: () => '{"maxBytes": "1KiB"}',
  });
  const program = "file:///opt/echod/main.ts";
  return checkText(parsed, listen.map(parseListenUrl), program).split("\n");
}

/** The line of a setting, without the padding. */
function lineOf(lines: readonly string[], key: string): string | undefined {
  return lines.find((line) => line.startsWith(`${key} `))
    ?.replace(/ +/g, " ");
}

Deno.test("checkText has a line for every setting of a server", () => {
  const lines = check(["--check"], ["tcp://0.0.0.0:8080"]);
  const keys = KEYS.filter((key) =>
    !flagOf(key).commandLineOnly && key !== "listen"
  );
  const shown = lines.slice(0, lines.indexOf("")).map((line) =>
    line.split(" ")[0]
  );
  assertEquals(shown, [...keys]);
  for (const key of ["check", "help", "version"]) {
    assertEquals(lineOf(lines, key), undefined);
  }
});

Deno.test("checkText leaves out what URLs of listeners put out of effect", () => {
  const lines = check(["--listen", "tcp://0.0.0.0:7"], ["tcp://0.0.0.0:7"]);
  assertEquals(lineOf(lines, "listen"), "listen tcp://0.0.0.0:7 (flag)");
  assertEquals(lineOf(lines, "host"), undefined);
  assertEquals(lineOf(lines, "port"), undefined);
});

Deno.test("checkText shows values with units and their origins", () => {
  const lines = check(
    ["--check", "--port", "7", "--config", "/etc/echod.json"],
    ["tcp://0.0.0.0:7"],
    { ECHOD_IDLE_TIMEOUT: "30s" },
  );
  const expected = [
    "port 7 (flag)",
    "idleTimeout 30s (variable)",
    "maxLifetime 0 (default)",
    "maxBytes 1024 (file)",
    "config /etc/echod.json (flag)",
    "readyFile - (default)",
    "quiet false (default)",
  ];
  for (const line of expected) {
    assertEquals(lineOf(lines, line.split(" ")[0]), line);
  }
});

Deno.test("checkText ends with listeners and the permissions they need", () => {
  const urls = ["tcp://127.0.0.1:7", "tcp://[::1]:7"];
  const lines = check(
    ["--check", ...urls.flatMap((url) => ["-l", url])],
    urls,
  );
  assertEquals(lineOf(lines, "listen"), `listen ${urls.join(",")} (flag)`);
  assertEquals(lines.slice(-3), [
    "",
    "listens on   tcp://127.0.0.1:7 tcp://[::1]:7",
    "permissions  deno run -N=127.0.0.1:7 '-N=[::1]:7' main.ts",
  ]);
});

Deno.test("checkText asks for the files that settings name", () => {
  const argv = ["--check", "--ready-file", "/run/echod/ready.json"];
  const permissions = check(
    [...argv, "--config", "/etc/echod.json"],
    ["tcp://0.0.0.0:8080"],
  ).at(-1);
  assertEquals(
    permissions,
    "permissions  deno run -N=0.0.0.0:8080 -R=/etc/echod.json " +
      "-R=/run/echod -W=/run/echod main.ts",
  );
});

Deno.test("checkText asks for the variables that settings come from", () => {
  const permissions = check(
    ["--check", "--max-bytes", "1"],
    ["tcp://0.0.0.0:7"],
    { ECHOD_PORT: "7", ECHOD_QUIET: "1", ECHOD_MAX_BYTES: "2" },
  ).at(-1);
  assertEquals(
    permissions,
    "permissions  deno run -N=0.0.0.0:7 -E=ECHOD_PORT -E=ECHOD_QUIET main.ts",
  );
});

Deno.test("checkText lines up", () => {
  const lines = check(["--check"], ["tcp://0.0.0.0:8080"]);
  const settings = lines.slice(0, lines.indexOf(""));
  const columns = settings.map((line) => line.search(/ \S/));
  assert(columns.every((column) => column === columns[0]));
});

Deno.test("checkText shows trusted proxies as ranges, and the mode in octal", () => {
  const trusted = ["10.0.0.0/8", "127.0.0.1", "::1", "unix"];
  const lines = check(
    [
      ...["--check", "--unix-mode", "660", "--proxy-protocol", "require"],
      ...trusted.flatMap((text) => ["--trusted-proxy", text]),
    ],
    ["unix:/run/echo.sock"],
  );
  const expected = [
    "unixMode 0660 (flag)",
    "proxyProtocol require (flag)",
    "trustedProxy 10.0.0.0/8,127.0.0.1/32,::1/128,unix (flag)",
    "handshakeTimeout 10s (default)",
    "selfSigned false (default)",
    "alpn - (default)",
  ];
  for (const line of expected) {
    assertEquals(lineOf(lines, line.split(" ")[0]), line);
  }
  const mode = check(["--check", "--unix-mode", "007"], ["unix:@x"]);
  assertEquals(lineOf(mode, "unixMode"), "unixMode 0007 (flag)");
  const none = check(["--check"], ["unix:@x"]);
  assertEquals(lineOf(none, "unixMode"), "unixMode - (default)");
  assertEquals(lineOf(none, "trustedProxy"), "trustedProxy - (default)");
});

Deno.test("checkText asks for Unix sockets and the files of TLS", () => {
  const urls = ["unix:/run/echo.sock", "tls://[::1]:7"];
  const lines = check(
    ["--check", "--cert", "a.pem", "--key", "b.pem", "--cert-out", "c.pem"],
    urls,
  );
  assertEquals(lines.slice(-2), [
    `listens on   ${urls.join(" ")}`,
    "permissions  deno run -N=unix:/run/echo.sock -R=/run/echo.sock " +
    "-W=/run/echo.sock '-N=[::1]:7' -R=a.pem -R=b.pem -W=c.pem main.ts",
  ]);
});

Deno.test("checkText tells where the status is, and what that needs", () => {
  const url = "tcp://127.0.0.1:7";
  const status = ["--status", "[::1]:9090"];
  const lines = check(["--check", "-l", url, ...status], [url]);
  assertEquals(lineOf(lines, "status"), "status [::1]:9090 (flag)");
  assertEquals(lineOf(lines, "statusToken"), "statusToken - (default)");
  assertEquals(lines.slice(-4), [
    "",
    `listens on   ${url}`,
    "status on    http://[::1]:9090/",
    "permissions  deno run -N=127.0.0.1:7 '-N=[::1]:9090' -N=127.0.0.1 main.ts",
  ]);
  const without = check(["--check", "-l", url], [url]);
  assert(!without.some((line) => line.startsWith("status on")));
});

Deno.test("checkText shows no token, wherever it comes from", () => {
  const argv = ["--check", "--status", "127.0.0.1:9090"];
  const token = "open-sesame";
  const cases = [
    check([...argv, "--status-token", token], ["unix:@x"]),
    check(argv, ["unix:@x"], { ECHOD_STATUS_TOKEN: token }),
  ];
  const origins = cases.map((lines) => lineOf(lines, "statusToken"));
  assertEquals(origins, [
    "statusToken (secret) (flag)",
    "statusToken (secret) (variable)",
  ]);
  for (const lines of cases) assert(!lines.join().includes(token));
});

Deno.test("checkText shows the settings of HTTP, and asks for this machine", () => {
  const url = "http://192.0.2.1:8080";
  const http = ["--max-body", "10MiB", "--http-text", "OK", "--show-secrets"];
  const lines = check(["--check", "-l", url, ...http], [url]);
  const expected = [
    "httpText OK (flag)",
    "showSecrets true (flag)",
    "maxBody 10485760 (flag)",
    "maxMessage 16777216 (default)",
  ];
  for (const line of expected) {
    assertEquals(lineOf(lines, line.split(" ")[0]), line);
  }
  assertEquals(
    lines.at(-1),
    "permissions  deno run -N=192.0.2.1:8080 -N=127.0.0.1 main.ts",
  );
});
