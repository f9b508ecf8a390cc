import { FLAGS } from "../../src/cli/flags.ts";
import {
  neededPermissions,
  permissionFlags,
  readyFilePermissions,
  requirePermissions,
} from "../../src/cli/permissions.ts";
import { PermissionError } from "../../src/errors.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import type { Permission, Runtime } from "../../src/host.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { parseServer } from "./parsing.ts";

function parsedOf(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  file = "{}",
) {
  return parseServer(argv, {
    variable: (name) => variables[name],
    readFile: () => file,
  });
}

function runtimeThatGrants(...granted: readonly string[]): Runtime {
  return fakeRuntime({
    isGranted: (permission) => granted.includes(permissionFlags([permission])),
  });
}

const PROGRAM = "file:///opt/echod/main.ts";

Deno.test("permissionFlags names the flag of each permission", () => {
  const flags: [Permission, string][] = [
    [{ kind: "net", host: "127.0.0.1:7" }, "-N=127.0.0.1:7"],
    [{ kind: "read", path: "/etc/echod.json" }, "-R=/etc/echod.json"],
    [{ kind: "write", path: "." }, "-W=."],
    [{ kind: "env", variable: "ECHOD_PORT" }, "-E=ECHOD_PORT"],
    [{ kind: "sys", api: "networkInterfaces" }, "-S=networkInterfaces"],
    [{ kind: "net", host: "" }, "-N"],
  ];
  for (const [permission, flag] of flags) {
    assertEquals(permissionFlags([permission]), flag);
  }
});

Deno.test("permissionFlags quotes what a shell would take apart", () => {
  const quoted = {
    "/a b": "'-R=/a b'",
    "/it's": "'-R=/it'\\''s'",
    "$HOME/*": "'-R=$HOME/*'",
    "a;b": "'-R=a;b'",
  };
  for (const [path, flag] of Object.entries(quoted)) {
    assertEquals(permissionFlags([{ kind: "read", path }]), flag);
  }
  const net = permissionFlags([{ kind: "net", host: "[::1]:7" }]);
  assertEquals(net, "'-N=[::1]:7'");
});

Deno.test("permissionFlags names no path that Deno would take for two", () => {
  for (const path of ["/etc/a,b.json", ",", "/a b,c"]) {
    assertEquals(permissionFlags([{ kind: "read", path }]), "-R");
    assertEquals(permissionFlags([{ kind: "write", path }]), "-W");
  }
});

Deno.test("readyFilePermissions covers the directory of the file", () => {
  assertEquals(readyFilePermissions("/run/echod/ready.json"), [
    { kind: "read", path: "/run/echod" },
    { kind: "write", path: "/run/echod" },
  ]);
  assertEquals(readyFilePermissions("ready.json")[1], {
    kind: "write",
    path: ".",
  });
});

Deno.test("neededPermissions asks for listeners and files alone", () => {
  const listen = ["tcp://127.0.0.1:7", "tcp://[::1]:0"].map(parseListenUrl);
  assertEquals(neededPermissions(listen, parsedOf([]), PROGRAM), [
    { kind: "net", host: "127.0.0.1:7" },
    { kind: "net", host: "[::1]:0" },
  ]);
  const argv = ["--config", "a/echod.json", "--ready-file", "b/r"];
  const files = parsedOf(argv, {}, '{"quiet": true}');
  assertEquals(neededPermissions([], files, PROGRAM), [
    { kind: "read", path: "a/echod.json" },
    { kind: "read", path: "b" },
    { kind: "write", path: "b" },
  ]);
});

Deno.test("neededPermissions asks for the variables that settings come from", () => {
  const variables = {
    ECHOD_IDLE_TIMEOUT: "30s",
    ECHOD_QUIET: "true",
    ECHOD_CONFIG: "echod.json",
    ECHOD_MAX_BYTES: "",
  };
  assertEquals(neededPermissions([], parsedOf([], variables), PROGRAM), [
    { kind: "read", path: "echod.json" },
    { kind: "env", variable: "ECHOD_IDLE_TIMEOUT" },
    { kind: "env", variable: "ECHOD_CONFIG" },
    { kind: "env", variable: "ECHOD_QUIET" },
  ]);
});

Deno.test("neededPermissions asks for no variable that a flag wins over", () => {
  const variables = { ECHOD_IDLE_TIMEOUT: "30s", ECHOD_PORT: "7" };
  const argv = ["--idle-timeout", "5s", "--listen", "tcp://[::1]:7"];
  assertEquals(neededPermissions([], parsedOf(argv, variables), PROGRAM), []);
});

Deno.test("requirePermissions lets pass what is granted", () => {
  const needed = readyFilePermissions("/run/ready.json");
  const runtime = runtimeThatGrants("-R=/run", "-W=/run");
  assertEquals(requirePermissions(runtime, needed, "write it"), undefined);
  const none = runtimeThatGrants();
  assertEquals(requirePermissions(none, [], "do nothing"), undefined);
});

Deno.test("requirePermissions names the flags that are missing", () => {
  const path = FLAGS.readyFile.read("/run/ready.json");
  const needed = readyFilePermissions(path);
  assertThrows(
    () => requirePermissions(runtimeThatGrants(), needed, `write ${path}`),
    PermissionError,
    "Cannot write /run/ready.json: Deno needs -R=/run -W=/run",
  );
  assertThrows(
    () => requirePermissions(runtimeThatGrants("-R=/run"), needed, "write"),
    PermissionError,
    "Cannot write: Deno needs -W=/run",
  );
});

Deno.test("a flag without a value swallows those of its kind with one", () => {
  const flags = permissionFlags([
    { kind: "read", path: "a,b.json" },
    { kind: "read", path: "run" },
    { kind: "write", path: "run" },
  ]);
  assertEquals(flags, "-R -W=run");
});

Deno.test("neededPermissions asks for the name of a Unix socket, and its file", () => {
  const listen = ["unix:/run/x", "unix:@x", "tls://[::1]:7"].map(
    parseListenUrl,
  );
  assertEquals(neededPermissions(listen, parsedOf([]), PROGRAM), [
    { kind: "net", host: "unix:/run/x" },
    { kind: "read", path: "/run/x" },
    { kind: "write", path: "/run/x" },
    { kind: "net", host: "unix:@x" },
    { kind: "net", host: "[::1]:7" },
  ]);
});

Deno.test("neededPermissions reads the files of TLS, and writes one", () => {
  const argv = [
    ...["--cert", "c", "--key", "k", "--client-ca", "ca", "--cert-out", "out"],
    ...["--fault-replay", "replay", "--fault-log", "log"],
  ];
  assertEquals(neededPermissions([], parsedOf(argv), PROGRAM), [
    { kind: "read", path: "c" },
    { kind: "read", path: "k" },
    { kind: "read", path: "ca" },
    { kind: "read", path: "replay" },
    { kind: "write", path: "out" },
    { kind: "write", path: "log" },
  ]);
});

Deno.test("permissionFlags names Unix sockets by absolute paths alone", () => {
  const hosts: Record<string, string> = {
    "unix:/run/x": "-N=unix:/run/x",
    "unix:/run/a b": "'-N=unix:/run/a b'",
    "unix:/run/a,b": "-N",
    "unix:@x": "-N",
    "unix:run/x": "-N",
    "unix:./x": "-N",
  };
  for (const [host, flag] of Object.entries(hosts)) {
    assertEquals(permissionFlags([{ kind: "net", host }]), flag, host);
  }
  const both = ["unix:@x", "127.0.0.1:7", "unix:/run/x"];
  const flags = permissionFlags(both.map((host) => ({ kind: "net", host })));
  assertEquals(flags, "-N");
});

Deno.test("neededPermissions asks for what HTTP and the status listen on", () => {
  const listen = ["http://[::1]:80", "https://0.0.0.0:0"].map(parseListenUrl);
  const argv = ["--status", "localhost:9090", "--status-token", "secret"];
  assertEquals(neededPermissions(listen, parsedOf(argv), PROGRAM), [
    { kind: "net", host: "[::1]:80" },
    { kind: "net", host: "127.0.0.1" },
    { kind: "net", host: "0.0.0.0:0" },
    { kind: "net", host: "127.0.0.1" },
    { kind: "net", host: "localhost:9090" },
    { kind: "net", host: "127.0.0.1" },
  ]);
  const flags = permissionFlags(
    neededPermissions(listen, parsedOf(argv), PROGRAM),
  );
  const hosts = "-N=127.0.0.1 -N=0.0.0.0:0 -N=localhost:9090";
  assertEquals(flags, `'-N=[::1]:80' ${hosts}`);
});

Deno.test("threads need leave to read the program, since they load it anew", () => {
  const one = parsedOf(["--workers", "1"]);
  assertEquals(neededPermissions([], one, PROGRAM), []);
  const many = parsedOf(["--workers", "2"]);
  assertEquals(neededPermissions([], many, PROGRAM), [
    { kind: "read", path: "/opt/echod" },
  ]);
});
