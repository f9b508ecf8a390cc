import { assert, assertEquals, assertMatch } from "../assert.ts";
import { echoes } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { denoCommand, type Target, TARGETS } from "../targets.ts";

const IS_LINUX = Deno.build.os === "linux";

/** A directory that goes with the test. */
class Scratch implements Disposable {
  readonly #path = Deno.makeTempDirSync({ prefix: "echod-test-" });

  /** The path of something in it. */
  path(name = "echo.sock"): string {
    return `${this.#path}/${name}`;
  }

  /** What is in it. */
  get names(): string[] {
    return [...Deno.readDirSync(this.#path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#path, { recursive: true });
  }
}

function start(
  target: Target,
  path: string,
  ...flags: string[]
): Promise<ServerProcess> {
  return ServerProcess.start(target, ["--listen", `unix:${path}`, ...flags]);
}

function dial(path: string): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path });
}

/** Asserts that a server does not start, and what it says of it. */
async function fails(
  target: Target,
  flags: readonly string[],
  code: number,
  complaint: RegExp,
): Promise<void> {
  await using server = ServerProcess.spawn(target, flags);
  assertEquals(await server.exitCode(), code, server.stderr);
  const said = server.stderr.split("\n").filter((line) =>
    line.startsWith("echod: ")
  );
  assertEquals(said.length, 1, server.stderr);
  assertMatch(said[0], complaint);
}

for (const target of TARGETS) {
  Deno.test(`${target.name}, unix: stopping leaves what others have put there`, async () => {
    using scratch = new Scratch();
    const path = scratch.path();
    await using first = await start(target, path);
    Deno.removeSync(path);
    await using second = await start(target, path);
    first.signal("SIGTERM");
    assertEquals(await first.exitCode(), 0);
    {
      using conn = await dial(path);
      await echoes(conn);
    }
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "precious");
    second.signal("SIGTERM");
    assertEquals(await second.exitCode(), 0);
    assertEquals(Deno.readTextFileSync(path), "precious");
    assertEquals(scratch.names, ["echo.sock"]);
  });

  Deno.test(`${target.name}, unix: records call the peer unix`, async () => {
    using scratch = new Scratch();
    const path = scratch.path();
    await using server = await start(target, path);
    const { url } = await server.waitFor({ event: "listening" });
    assertEquals(url, `unix:${path}`);
    const conn = await dial(path);
    await echoes(conn);
    conn.close();
    for (const event of ["connect", "disconnect"]) {
      assertEquals((await server.waitFor({ event })).peer, "unix");
    }
  });

  Deno.test(`${target.name}, unix: the file goes with SIGTERM`, async () => {
    using scratch = new Scratch();
    await using server = await start(target, scratch.path());
    assertEquals(scratch.names, ["echo.sock"]);
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertEquals(scratch.names, []);
  });

  Deno.test(`${target.name}, unix: what a killed server has left is replaced`, async () => {
    using scratch = new Scratch();
    const path = scratch.path();
    await using killed = await start(target, path);
    killed.signal("SIGKILL");
    await killed.exitCode();
    assertEquals(scratch.names, ["echo.sock"]);
    await using server = await start(target, path);
    using conn = await dial(path);
    await echoes(conn);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${target.name}, unix: the socket of a live server is in use`, async () => {
    using scratch = new Scratch();
    const path = scratch.path();
    await using server = await start(target, path);
    const complaint = /Cannot listen on unix:.*in use.*another path/;
    await fails(target, ["--listen", `unix:${path}`], 1, complaint);
    using conn = await dial(path);
    await echoes(conn);
    // The knock of the second is no more than a client that says nothing.
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${target.name}, unix: no file but a stale socket is ever removed`, async () => {
    using scratch = new Scratch();
    const [file, directory, link] = ["file", "directory", "link"].map((name) =>
      scratch.path(name)
    );
    Deno.writeTextFileSync(file, "precious");
    Deno.mkdirSync(directory);
    Deno.symlinkSync(file, link);
    for (const path of [file, directory, link]) {
      const complaint = /Cannot listen on unix:.* no socket, and it stays/;
      await fails(target, ["--listen", `unix:${path}`], 1, complaint);
    }
    assertEquals(scratch.names, ["directory", "file", "link"]);
    assertEquals(Deno.readTextFileSync(file), "precious");
    assert(Deno.lstatSync(link).isSymlink);
  });

  Deno.test(`${target.name}, unix: a path that cannot be is explained`, async () => {
    using scratch = new Scratch();
    const cases: readonly [url: string, code: number, complaint: RegExp][] = [
      [`unix:${scratch.path("no/echo.sock")}`, 1, /no such directory/],
      [
        `unix:/${"x".repeat(107)}`,
        2,
        /--listen .*at most 107 bytes, not of 108/,
      ],
      ["unix:", 2, /--listen "unix:": expected unix:PATH/],
      ["unix:@", 2, /--listen "unix:@": expected unix:PATH/],
    ];
    for (const [url, code, complaint] of cases) {
      await fails(target, ["--listen", url], code, complaint);
    }
  });

  Deno.test(`${target.name}, unix: a server that does not start leaves no file`, async () => {
    using scratch = new Scratch();
    const flags = ["--listen", `unix:${scratch.path()}`];
    const second = ["--listen", `unix:${scratch.path("no/echo.sock")}`];
    await fails(target, [...flags, ...second], 1, /no such directory/);
    assertEquals(scratch.names, []);
  });

  for (const mode of ["0600", "0666"]) {
    Deno.test(`${target.name}, unix: --unix-mode ${mode} is the mode of the file`, async () => {
      using scratch = new Scratch();
      const path = scratch.path();
      await using _ = await start(target, path, "--unix-mode", mode);
      const bits = (Deno.statSync(path).mode ?? 0) & 0o7777;
      assertEquals(bits.toString(8).padStart(4, "0"), mode);
      using conn = await dial(path);
      await echoes(conn);
    });
  }

  Deno.test(`${target.name}, unix: a path may have spaces and umlauts`, async () => {
    using scratch = new Scratch();
    const path = scratch.path("ä b#?%20.sock");
    await using server = await start(target, path);
    const { url } = await server.waitFor({ event: "listening" });
    assertEquals(url, `unix:${path}`);
    using conn = await dial(path);
    await echoes(conn);
  });

  Deno.test({
    name: `${target.name}, unix: a name of Linux's abstract namespace works`,
    ignore: !IS_LINUX,
    fn: async () => {
      const name = `echod-test-${crypto.randomUUID()}`;
      await using server = await start(target, `@${name}`);
      const { url } = await server.waitFor({ event: "listening" });
      assertEquals(url, `unix:@${name}`);
      using conn = await dial(`\0${name}`);
      await echoes(conn);
      const { peer } = await server.waitFor({ event: "connect" });
      assertEquals(peer, "unix");
      await fails(target, ["--listen", `unix:@${name}`], 1, /in use/);
    },
  });
}

Deno.test("deno, unix: what permissions are missing is named", async () => {
  using scratch = new Scratch();
  const flags = ["--listen", `unix:${scratch.path()}`];
  const cases = [[], ["-N"], ["-N", "-R"], ["-N", "-W"], ["-R", "-W"]];
  for (const permissions of cases) {
    const target = denoCommand(...permissions);
    await fails(
      target,
      flags,
      2,
      /Cannot listen on unix:.*Deno needs -N -R -W$/,
    );
  }
  assertEquals(scratch.names, []);
  await using _ = await start(denoCommand("-N", "-R", "-W"), scratch.path());
});

Deno.test({
  name: "deno, unix: an abstract name needs -N alone",
  ignore: !IS_LINUX,
  fn: async () => {
    const path = `@echod-test-${crypto.randomUUID()}`;
    await fails(denoCommand(), ["--listen", `unix:${path}`], 2, /needs -N$/);
    await using _ = await start(denoCommand("-N"), path);
  },
});
