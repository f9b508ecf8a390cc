import { OptionError } from "../../src/errors.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { errorOf, parseServer, read, refuses, told } from "./parsing.ts";

const URL_A = "tcp://127.0.0.1:7";
const URL_B = "tcp://[::1]:7";
const CONFIG = ["--config", "echod.json"];

Deno.test("parse takes the defaults when nobody says anything", () => {
  const { settings, origins } = read([]);
  assertEquals(settings, {
    workers: 1,
    port: 8080,
    host: "0.0.0.0",
    listen: [],
    cert: undefined,
    key: undefined,
    selfSigned: false,
    certOut: undefined,
    clientCa: undefined,
    alpn: [],
    handshakeTimeout: 10_000,
    httpText: undefined,
    showSecrets: false,
    maxBody: 0,
    maxMessage: 16 * 1024 * 1024,
    status: undefined,
    statusToken: undefined,
    unixMode: undefined,
    proxyProtocol: "off",
    trustedProxy: [],
    udpRate: 1000,
    udpReceiveBuffer: undefined,
    allowPublicUdp: false,
    maxConnections: 10_000,
    maxConnectionsPerIp: 0,
    idleTimeout: 300_000,
    writeTimeout: 30_000,
    maxLifetime: 0,
    maxBytes: 0,
    shutdownTimeout: 10_000,
    fault: [],
    seed: undefined,
    faultLog: undefined,
    faultReplay: undefined,
    config: undefined,
    readyFile: undefined,
    check: false,
    logLevel: "info",
    logFormat: "text",
    quiet: false,
    help: false,
    version: false,
  });
  assertEquals(new Set(Object.values(origins)), new Set(["default"]));
});

Deno.test("parse prefers flag to variable to file to default", () => {
  const argv = ["--max-bytes", "1"];
  const variables = { ECHOD_MAX_BYTES: "2", ECHOD_MAX_CONNECTIONS: "2" };
  const file = '{"maxBytes": 3, "maxConnections": 3, "maxLifetime": "3s"}';
  const parsed = read([...argv, ...CONFIG], { variables, file });
  assertEquals(told(parsed, "maxBytes"), [1, "flag"]);
  assertEquals(told(parsed, "maxConnections"), [2, "variable"]);
  assertEquals(told(parsed, "maxLifetime"), [3000, "file"]);
  assertEquals(told(parsed, "maxConnectionsPerIp"), [0, "default"]);
});

Deno.test("parse reads a file that a variable names", () => {
  const variables = { ECHOD_CONFIG: "echod.json" };
  const parsed = read([], { variables, file: '{"quiet": true}' });
  assertEquals(told(parsed, "config"), ["echod.json", "variable"]);
  assertEquals(told(parsed, "quiet"), [true, "file"]);
});

Deno.test("parse fails when the file cannot be read", () => {
  refuses(["--config", "none.json"], "Cannot read none.json");
});

Deno.test("parse takes every spelling of a value", () => {
  const spellings = [
    ["--port", "7"],
    ["--port=7"],
    ["-p", "7"],
    ["-p7"],
    ["-p=7"],
    ["-p", "1", "--port", "7"],
  ];
  for (const argv of spellings) {
    assertEquals(told(read(argv), "port"), [7, "flag"], argv.join(" "));
  }
});

Deno.test("parse takes a value at its first equals sign", () => {
  const paths: string[] = [];
  const parsed = parseServer(["--config=a=b"], {
    variable: () => undefined,
    readFile: (path) => (paths.push(path), "{}"),
  });
  assertEquals(told(parsed, "config"), ["a=b", "flag"]);
  assertEquals(paths, ["a=b"]);
});

Deno.test("parse takes switches, long, short and in a row", () => {
  assertEquals(told(read(["--quiet"]), "quiet"), [true, "flag"]);
  assertEquals(told(read(["-q"]), "quiet"), [true, "flag"]);
  const { settings } = read(["-q", "--check"]);
  assertEquals([settings.quiet, settings.check], [true, true]);
});

Deno.test("parse takes a row of switches before a value", () => {
  for (const argv of [["-qp", "7"], ["-qp7"], ["-qp=7"]]) {
    const { settings } = read(argv);
    assertEquals([settings.quiet, settings.port], [true, 7], argv.join(" "));
  }
});

Deno.test("parse refuses a value for a switch", () => {
  refuses(["--quiet=yes"], 'Cannot use "--quiet=yes": --quiet takes no value');
  for (const word of ["yes", "true", "false"]) {
    refuses(["--quiet", word], `Unexpected argument "${word}"`);
    refuses(["-q", word], `Unexpected argument "${word}"`);
  }
});

Deno.test("parse collects listeners in order", () => {
  const addrs = [URL_A, URL_B].map(parseListenUrl);
  for (const [first, second] of [["--listen", "-l"], ["-l", "--listen"]]) {
    const parsed = read([first, URL_A, second, URL_B]);
    assertEquals(told(parsed, "listen"), [addrs, "flag"]);
  }
  const variables = { ECHOD_LISTEN: `${URL_A},${URL_B}` };
  const fromVariable = read([], { variables });
  assertEquals(told(fromVariable, "listen"), [addrs, "variable"]);
  const file = JSON.stringify({ listen: [URL_A, URL_B] });
  const fromFile = read(CONFIG, { file });
  assertEquals(told(fromFile, "listen"), [addrs, "file"]);
});

Deno.test("parse does not add up the listeners of two origins", () => {
  const variables = { ECHOD_LISTEN: URL_B };
  const { settings } = read(["-l", URL_A], { variables });
  assertEquals(settings.listen, [parseListenUrl(URL_A)]);
});

Deno.test("parse refuses port or host together with listen", () => {
  refuses(
    ["--port", "7", "--listen", URL_A],
    "Cannot use --port together with --listen: write host and port into",
  );
  refuses(["--host", "::1", "-l", URL_A], "Cannot use --host together with");
  refuses([], "Cannot use ECHOD_PORT together with ECHOD_LISTEN", {
    variables: { ECHOD_PORT: "7", ECHOD_LISTEN: URL_A },
  });
  refuses(
    CONFIG,
    'Cannot use "host" in echod.json:2 together with "listen" in echod.json:3',
    { file: `{\n  "host": "::1",\n  "listen": "${URL_A}"\n}` },
  );
});

Deno.test("a higher listen makes port and host of lower origins void", () => {
  const variables = { ECHOD_PORT: "9" };
  const file = '{"host": "::1"}';
  const parsed = read(["-l", URL_A, ...CONFIG], { variables, file });
  assertEquals(told(parsed, "listen"), [[parseListenUrl(URL_A)], "flag"]);
  assertEquals(told(parsed, "port"), [8080, "default"]);
  assertEquals(told(parsed, "host"), ["0.0.0.0", "default"]);
});

Deno.test("a higher port makes the listen of lower origins void", () => {
  const variables = { ECHOD_LISTEN: URL_B };
  const parsed = read(["--port", "7"], { variables });
  assertEquals(told(parsed, "port"), [7, "flag"]);
  assertEquals(told(parsed, "listen"), [[], "default"]);
});

Deno.test("port and host may come from different origins", () => {
  const variables = { ECHOD_HOST: "::1" };
  const parsed = read(["--port", "7", ...CONFIG], {
    variables,
    file: `{"listen": "${URL_A}"}`,
  });
  assertEquals(told(parsed, "port"), [7, "flag"]);
  assertEquals(told(parsed, "host"), ["::1", "variable"]);
  assertEquals(told(parsed, "listen"), [[], "default"]);
});

Deno.test("parse names an unknown flag and suggests the likely one", () => {
  refuses(["--prot", "7"], "Unknown flag --prot: did you mean --port?");
  refuses(["--prot=7"], "Unknown flag --prot: did you mean --port?");
  refuses(["--frobnicate"], "Unknown flag --frobnicate: --help lists all");
  refuses(["-x"], "Unknown flag -x: --help lists all flags");
  refuses(["-P7"], "Unknown flag -P");
  refuses(["--no-quiet"], "Unknown flag --no-quiet");
});

Deno.test("parse names the flag whose value is missing", () => {
  const missing = "Missing value for --port: expected --port PORT";
  for (const argv of [["--port"], ["-p"], ["--port", "--quiet"]]) {
    refuses(argv, missing);
  }
  refuses(["-l", URL_A, "-l"], "Missing value for --listen");
});

Deno.test("parse refuses a value in the words of its reader", () => {
  refuses(["--port", "http"], 'Cannot use --port "http": expected a port');
  refuses([], 'Cannot use ECHOD_IDLE_TIMEOUT "5": expected a duration', {
    variables: { ECHOD_IDLE_TIMEOUT: "5" },
  });
  refuses(
    CONFIG,
    'Cannot use "loud" for "logLevel" in echod.json:2: expected debug, info',
    { file: '{\n  "logLevel": "loud"\n}' },
  );
});

Deno.test("parse refuses arguments that belong to no flag", () => {
  refuses(["stop"], 'Unexpected argument "stop": expected flags alone');
  refuses(["serve", "serve"], 'Unexpected argument "serve"');
  refuses(["--quiet", "7"], 'Unexpected argument "7"');
  refuses(["--", "--port", "7"], 'Unexpected argument "--port"');
  refuses(["--", "-p7"], 'Unexpected argument "-p7"');
});

Deno.test("parse takes the word serve for what it does anyway", () => {
  for (const argv of [["serve", "-p", "7"], ["-p", "7", "serve"]]) {
    assertEquals(told(read(argv), "port"), [7, "flag"]);
  }
  assertEquals(told(read(["-p", "7", "--"]), "port"), [7, "flag"]);
});

Deno.test("parse takes switches from variables and refuses other words", () => {
  const quiet = (text: string) =>
    read([], { variables: { ECHOD_QUIET: text } }).settings.quiet;
  assertEquals([quiet("1"), quiet("false")], [true, false]);
  assertThrows(() => quiet("yes"), OptionError, 'ECHOD_QUIET "yes"');
});

Deno.test("parse takes an empty variable for one that is not set", () => {
  const variables = { ECHOD_PORT: "", ECHOD_LISTEN: "", ECHOD_CONFIG: "" };
  const parsed = read([], { variables });
  assertEquals(told(parsed, "port"), [8080, "default"]);
  assertEquals(told(parsed, "listen"), [[], "default"]);
  assertEquals(told(parsed, "config"), [undefined, "default"]);
});

Deno.test("parse has no variables for flags of the command line", () => {
  const variables = { ECHOD_HELP: "1", ECHOD_VERSION: "1", ECHOD_CHECK: "1" };
  const { help, version, check } = read([], { variables }).settings;
  assertEquals([help, version, check], [false, false, false]);
});

Deno.test("parse explains the variables that Kubernetes sets", () => {
  refuses([], "(Kubernetes sets such variables for a service of that name", {
    variables: { ECHOD_PORT: "tcp://10.0.0.1:8080" },
  });
});

Deno.test("parse does not blame Kubernetes for a wrong listener or flag", () => {
  const variables = { ECHOD_LISTEN: "tcp://10.0.0.1" };
  const expected = "expected tcp://HOST:PORT, such as tcp://127.0.0.1:7";
  assertEquals(
    errorOf([], { variables }),
    `Cannot use ECHOD_LISTEN "tcp://10.0.0.1": ${expected}`,
  );
  assertEquals(
    errorOf(["--port", URL_A]),
    `Cannot use --port "${URL_A}": expected a port from 0 to 65535`,
  );
});

Deno.test("parse reads the settings of HTTP and of the status", () => {
  const { settings } = read(
    [...CONFIG, "--status", "[::1]:0", "--max-message=1KiB"],
    {
      variables: { ECHOD_STATUS_TOKEN: "secret", ECHOD_HTTP_TEXT: " a b " },
      file: '{"maxBody": "2MiB", "showSecrets": true, "maxMessage": "1MiB"}',
    },
  );
  const { status, statusToken, httpText, showSecrets } = settings;
  assertEquals(status, { transport: "http", hostname: "::1", port: 0 });
  assertEquals([statusToken, httpText, showSecrets], ["secret", " a b ", true]);
  assertEquals([settings.maxBody, settings.maxMessage], [2 ** 21, 1024]);
});

Deno.test("parse refuses a status that is no HOST:PORT", () => {
  const expected = "expected HOST:PORT, such as 127.0.0.1:9090";
  refuses(["--status", "9090"], `Cannot use --status "9090": ${expected}`);
  refuses(["--status-token"], "Missing value for --status-token");
});
