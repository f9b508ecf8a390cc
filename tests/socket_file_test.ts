import type { UnixAddr } from "../src/net.ts";
import { isAbstract, isInUse, removeStaleSocket } from "../src/socket_file.ts";
import { assertEquals } from "./assert.ts";
import { outputOf } from "./targets.ts";

const HAS_PYTHON = await outputOf("python3", ["--version"]).then(
  () => true,
  () => false,
);

const PYTHON = { ignore: !HAS_PYTHON };

const unix = (path: string): UnixAddr => ({ transport: "unix", path });

/** A directory that is gone after the test. */
function temporaryDirectory() {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const files = () => [...Deno.readDirSync(path)].map(({ name }) => name);
  const remove = () => Deno.removeSync(path, { recursive: true });
  return { path, files, [Symbol.dispose]: remove };
}

/** Leaves the file of a socket on which nobody listens. */
function leaveSocket(path: string): void {
  using _ = Deno.listen({ transport: "unix", path: `${path}~` });
  // Out of reach of the listener, which would remove it.
  Deno.renameSync(`${path}~`, path);
}

/** Works in another directory until the end of the test. */
function workIn(path: string): Disposable {
  const before = Deno.cwd();
  Deno.chdir(path);
  return { [Symbol.dispose]: () => Deno.chdir(before) };
}

/** Runs Python while it has something open that it says. */
async function holding(setup: string, path: string): Promise<AsyncDisposable> {
  const program =
    `import socket, sys\n${setup}\nprint(flush=True)\nsys.stdin.read()`;
  const child = new Deno.Command("python3", {
    args: ["-c", program, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  const dispose = async () => {
    await reader.cancel();
    await child.stdin.close();
    await child.status;
  };
  return { [Symbol.asyncDispose]: dispose };
}

Deno.test("isAbstract tells names from paths", () => {
  for (const path of ["@echo", "@", "@/run/echo.sock"]) {
    assertEquals(isAbstract(unix(path)), true, path);
  }
  for (const path of ["/run/@echo", "./@echo", "echo"]) {
    assertEquals(isAbstract(unix(path)), false, path);
  }
});

Deno.test("isInUse tells one error from others", () => {
  const failed = (code?: string) => Object.assign(new Error("no"), { code });
  assertEquals(isInUse(failed("EADDRINUSE")), true);
  for (const error of [failed("EACCES"), failed(), "EADDRINUSE", undefined]) {
    assertEquals(isInUse(error), false);
  }
});

Deno.test("a socket on which nobody listens any more is removed", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/echo.sock`;
  leaveSocket(path);
  assertEquals(directory.files(), ["echo.sock"]);
  assertEquals(await removeStaleSocket(unix(path)), true);
  assertEquals(directory.files(), []);
  Deno.listen({ transport: "unix", path }).close();
});

Deno.test("a socket on which somebody listens stays", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/echo.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  assertEquals(await removeStaleSocket(unix(path)), false);
  assertEquals(directory.files(), ["echo.sock"]);
  // The look at it was a connection.
  (await listener.accept()).close();
});

Deno.test("a path that is a number is no port", async () => {
  using directory = temporaryDirectory();
  using _ = workIn(directory.path);
  using listener = Deno.listen({ transport: "unix", path: "1" });
  assertEquals(await removeStaleSocket(unix("1")), false);
  assertEquals(directory.files(), ["1"]);
  (await listener.accept()).close();
});

Deno.test("a path is taken from the directory of the program", async () => {
  using directory = temporaryDirectory();
  using _ = workIn(directory.path);
  for (const path of ["2", "echo.sock", "./@echo"]) {
    leaveSocket(path);
    assertEquals(await removeStaleSocket(unix(path)), true, path);
    assertEquals(directory.files(), [], path);
  }
});

Deno.test("what is no socket stays", async () => {
  using directory = temporaryDirectory();
  const { path } = directory;
  Deno.writeTextFileSync(`${path}/file`, "mine");
  Deno.mkdirSync(`${path}/directory`);
  leaveSocket(`${path}/socket`);
  Deno.symlinkSync("socket", `${path}/link`);
  Deno.symlinkSync("nowhere", `${path}/broken`);
  const kept = ["file", "directory", "link", "broken"];
  for (const name of [...kept, "missing"]) {
    assertEquals(await removeStaleSocket(unix(`${path}/${name}`)), false, name);
  }
  assertEquals(directory.files().sort(), [...kept, "socket"].sort());
  assertEquals(Deno.readTextFileSync(`${path}/file`), "mine");
});

Deno.test("an abstract name has no file to remove", async () => {
  using directory = temporaryDirectory();
  using _ = workIn(directory.path);
  leaveSocket("./@echo");
  assertEquals(await removeStaleSocket(unix("@echo")), false);
  assertEquals(directory.files(), ["@echo"]);
});

Deno.test(
  "a socket of another kind stays while it is in use",
  PYTHON,
  async () => {
    for (const kind of ["SOCK_DGRAM", "SOCK_SEQPACKET"]) {
      using directory = temporaryDirectory();
      const path = `${directory.path}/socket`;
      const setup = `s = socket.socket(socket.AF_UNIX, socket.${kind})\n` +
        "s.bind(sys.argv[1])";
      const listen = kind === "SOCK_DGRAM" ? "" : "\ns.listen()";
      await using _ = await holding(setup + listen, path);
      assertEquals(await removeStaleSocket(unix(path)), false, kind);
      assertEquals(directory.files(), ["socket"], kind);
    }
  },
);

Deno.test("a socket that has no room for newcomers stays", PYTHON, async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/socket`;
  const setup = [
    "s, c = (socket.socket(socket.AF_UNIX) for _ in range(2))",
    "s.bind(sys.argv[1])",
    "s.listen(0)",
    "c.connect(sys.argv[1])",
  ].join("\n");
  await using _ = await holding(setup, path);
  assertEquals(await removeStaleSocket(unix(path)), false);
  assertEquals(directory.files(), ["socket"]);
});
