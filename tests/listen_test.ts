import { ListenError, OptionError, PermissionError } from "../src/errors.ts";
import {
  listenPermissions,
  openEndpoints,
  type OpenOptions,
} from "../src/listen.ts";
import { parseListenUrl } from "../src/listen_url.ts";
import type { Permission, Runtime } from "../src/host.ts";
import type { Addr, Listener, ListenOptions } from "../src/net.ts";
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { fakeRuntime } from "./fake_runtime.ts";

const OPTIONS: OpenOptions = {
  reset: false,
  datagrams: { allowPublic: false },
};

/** A listener that notes whether it is closed. */
class FakeListener implements Listener {
  closed = false;

  /** @param addr where it says it is. */
  constructor(readonly addr: Addr) {}

  accept(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {
    this.closed = true;
  }
}

/** A runtime whose `listen` calls are noted, and may fail. */
function runtimeOf(
  onListen: (addr: Addr, call: number) => void = () => {},
  ...denied: readonly Permission["kind"][]
) {
  const opened: FakeListener[] = [];
  const options: ListenOptions[] = [];
  const runtime = fakeRuntime({
    listen(addr, given) {
      const call = options.push(given);
      return new Promise((resolve) => {
        onListen(addr, call);
        const listener = new FakeListener(addr);
        opened.push(listener);
        resolve(listener);
      });
    },
    isGranted: ({ kind }) => !denied.includes(kind),
  });
  return { runtime, opened, options };
}

function failed(code?: string): Error {
  return Object.assign(new Error("os error 999"), { code });
}

function open(runtime: Runtime, urls: string[], options = OPTIONS) {
  return openEndpoints(runtime, urls.map(parseListenUrl), options);
}

function temporaryDirectory() {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const remove = () => Deno.removeSync(path, { recursive: true });
  return { path, [Symbol.dispose]: remove };
}

/** Leaves the file of a socket on which nobody listens. */
function leaveSocket(path: string): void {
  using _ = Deno.listen({ transport: "unix", path: `${path}~` });
  // Out of reach of the listener, which would remove it.
  Deno.renameSync(`${path}~`, path);
}

Deno.test("openEndpoints opens all, in order, and passes options on", async () => {
  const urls = ["tcp://127.0.0.1:7", "unix:@echo", "tls://[::1]:0"];
  const { runtime, options } = runtimeOf();
  const tls = { cert: "cert", key: "key", alpn: [] };
  const listeners = await open(runtime, urls, { ...OPTIONS, reset: true, tls });
  assertEquals(listeners.map(({ addr }) => addr), urls.map(parseListenUrl));
  const given = options.map(({ reset, tls }) => ({ reset, tls }));
  assertEquals(given, Array(3).fill({ reset: true, tls }));
  assertEquals(await open(runtime, []), []);
});

Deno.test("a ListenError names the URL and says what to do", async () => {
  const inUse = "the address is in use: stop the program that uses it, or ";
  const cases: [url: string, code: string | undefined, advice: string][] = [
    ["tcp://127.0.0.1:7", "EADDRINUSE", `${inUse}choose another port`],
    ["tcp://[::1]:7", "EACCES", "the system does not allow it: ports below"],
    ["tls://192.0.2.1:7", "EADDRNOTAVAIL", "this machine has no such address"],
    ["tcp://nowhere.test:7", "ENOTFOUND", "there is no such host name"],
    ["tcp://[::1]:7", "EAFNOSUPPORT", "this machine does not have that kind"],
    ["tcp://127.0.0.1:7", "ENOENT", "os error 999"],
    ["tls://127.0.0.1:7", undefined, "os error 999"],
    ["unix:/echod-test/x", "EADDRINUSE", `${inUse}choose another path`],
    ["unix:@echod-test", "EADDRINUSE", `${inUse}choose another path`],
    ["unix:/x", "EACCES", "the system does not allow it: choose a directory"],
    ["unix:/x/y", "ENOENT", "there is no such directory"],
    ["unix:/x/y", "ENOTDIR", "what should be a directory is a file"],
    ["unix:/x", "EADDRNOTAVAIL", "os error 999"],
    ["unix:/x", undefined, "os error 999"],
  ];
  for (const [url, code, advice] of cases) {
    const cause = failed(code);
    const { runtime, options } = runtimeOf(() => {
      throw cause;
    });
    const message = `Cannot listen on ${url}: ${advice}`;
    const opening = open(runtime, [url]);
    await assertRejects(() => opening, ListenError, message, `${code}`);
    assert(await opening.catch((error) => error.cause === cause));
    assertEquals(options.length, 1);
  }
});

Deno.test("a name that Deno does not find is told of as one", async () => {
  const { runtime } = runtimeOf(() => {
    throw new Error("failed to lookup address information: Name not known");
  });
  await assertRejects(
    () => open(runtime, ["tcp://999.1.1.1:7"]),
    ListenError,
    "Cannot listen on tcp://999.1.1.1:7: there is no such host name",
  );
});

Deno.test("openEndpoints closes what it has opened when a later one fails", async () => {
  const { runtime, opened, options } = runtimeOf((addr) => {
    if ("port" in addr && addr.port === 9) throw failed("EADDRINUSE");
  });
  const urls = [7, 8, 9, 10].map((port) => `tcp://127.0.0.1:${port}`);
  await assertRejects(() => open(runtime, urls), ListenError, ":9: ");
  assertEquals(opened.map(({ closed }) => closed), [true, true]);
  assertEquals(options.length, 3);
});

Deno.test("openEndpoints opens nothing that it may not open", async () => {
  const both = "Deno needs -N -R -W";
  const cases: [url: string, denied: Permission["kind"], needed: string][] = [
    [
      "tcp://127.0.0.1:7",
      "net",
      "Deno needs -N (or --allow-net=127.0.0.1:7)",
    ],
    ["tls://[::1]:0", "net", "Deno needs -N (or --allow-net=[::1]:0)"],
    ["unix:/run/x", "net", both],
    ["unix:/run/x", "read", both],
    ["unix:/run/x", "write", both],
    ["unix:@x", "net", "Deno needs -N"],
  ];
  for (const [url, denied, needed] of cases) {
    const { runtime, options } = runtimeOf(() => {}, denied);
    const opening = open(runtime, [url]);
    const message = `Cannot listen on ${url}: ${needed}`;
    const error = await opening.catch((error) => error);
    assert(error instanceof PermissionError);
    assertEquals(error.message, message);
    assertEquals(options, []);
  }
  const { runtime } = runtimeOf(() => {}, "read", "write", "env");
  await open(runtime, ["unix:@x", "tcp://127.0.0.1:7"]);
});

Deno.test("listenPermissions asks for the address, and for the files of paths", () => {
  const cases: Record<string, Permission[]> = {
    "tcp://127.0.0.1:7": [{ kind: "net", host: "127.0.0.1:7" }],
    "tls://[::1]:0": [{ kind: "net", host: "[::1]:0" }],
    "unix:@echo": [{ kind: "net", host: "unix:@echo" }],
    "unix:/run/x": [
      { kind: "net", host: "unix:/run/x" },
      { kind: "read", path: "/run/x" },
      { kind: "write", path: "/run/x" },
    ],
    "udp://127.0.0.1:7": [{ kind: "net", host: "" }],
    "udp://[::]:7": [
      { kind: "net", host: "" },
      { kind: "sys", api: "networkInterfaces" },
    ],
  };
  for (const [url, permissions] of Object.entries(cases)) {
    assertEquals([...listenPermissions(parseListenUrl(url))], permissions);
  }
});

Deno.test("openEndpoints takes over the path of a stale socket, once", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/echo.sock`;
  leaveSocket(path);
  const { runtime, options } = runtimeOf((_addr, call) => {
    if (call === 1) throw failed("EADDRINUSE");
    assertEquals([...Deno.readDirSync(directory.path)], []);
  });
  const [listener] = await open(runtime, [`unix:${path}`]);
  assertEquals(listener.addr, { transport: "unix", path });
  assertEquals(options.length, 2);
});

Deno.test("openEndpoints leaves what is no socket, or after another error", async () => {
  using directory = temporaryDirectory();
  const [file, socket] = ["file", "sock"].map((it) =>
    `${directory.path}/${it}`
  );
  Deno.writeTextFileSync(file, "mine");
  leaveSocket(socket);
  for (const [path, code] of [[file, "EADDRINUSE"], [socket, "EACCES"]]) {
    const { runtime, options } = runtimeOf(() => {
      throw failed(code);
    });
    await assertRejects(() => open(runtime, [`unix:${path}`]), ListenError);
    assertEquals(options.length, 1);
    Deno.lstatSync(path);
  }
});

Deno.test("unixMode is the mode of socket files, and of nothing else", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/echo.sock`;
  const { runtime } = runtimeOf((addr) => {
    if (addr.transport !== "unix" || addr.path !== path) return;
    Deno.writeTextFileSync(path, "", { mode: 0o600 });
  });
  for (const unixMode of [0o640, 0o666, undefined]) {
    Deno.removeSync(directory.path, { recursive: true });
    Deno.mkdirSync(directory.path);
    const options = { ...OPTIONS, unixMode };
    await open(runtime, [`unix:${path}`, "unix:@x", "tcp://[::1]:7"], options);
    const mode = (Deno.statSync(path).mode ?? 0) & 0o777;
    assertEquals(mode, unixMode ?? 0o600);
  }
});

Deno.test("a mode that cannot be set closes all, and is a ListenError", async () => {
  const { runtime, opened } = runtimeOf();
  const urls = ["tcp://127.0.0.1:7", "unix:/echod-test/missing"];
  const options = { ...OPTIONS, unixMode: 0o660 };
  await assertRejects(
    () => open(runtime, urls, options),
    ListenError,
    "Cannot listen on unix:/echod-test/missing: there is no such directory",
  );
  assertEquals(opened.map(({ closed }) => closed), [true, true]);
});

Deno.test("a system without such sockets is an OptionError", async () => {
  const cases = [
    ["win32", "unix:/x", "Windows has no Unix sockets here, so use tcp://"],
    ["win32", "unix:@x", "Windows has no Unix sockets here, so use tcp://"],
    ["darwin", "unix:@x", "only Linux has abstract names, so use a path"],
  ] as const;
  for (const [platform, url, message] of cases) {
    const { runtime } = runtimeOf(() => {}, "net");
    const expected = `Cannot listen on ${url}: ${message}`;
    await assertRejects(
      () => open({ ...runtime, platform }, [url]),
      OptionError,
      expected,
    );
  }
  for (const url of ["unix:/x", "tcp://127.0.0.1:7"]) {
    const runtime = { ...runtimeOf().runtime, platform: "darwin" };
    assertEquals((await open(runtime, [url])).length, 1);
  }
});
