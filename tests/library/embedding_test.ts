import { PermissionError, serveEcho } from "../../mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { repositoryPath } from "../paths.ts";
import { soon } from "../server_process.ts";
import { bunCommand } from "../targets.ts";

const PROGRAM = repositoryPath("tests/library/quiet_program.ts");

/** How each runtime runs a script, on Deno with what serving needs. */
const COMMANDS = {
  deno: [Deno.execPath(), "run", "-N=127.0.0.1"],
  bun: [bunCommand.command[0]],
};

// What the command line program would stumble over.
const env = {
  ECHOD_LISTEN: "nonsense",
  ECHOD_MAX_BYTES: "1",
  ECHOD_FAULT: "refuse",
};

Deno.test({
  name: "without leave to listen, serveEcho names the flag that grants it",
  permissions: { net: false },
  fn: async () => {
    await assertRejects(
      () => serveEcho(),
      PermissionError,
      "Cannot listen on tcp://127.0.0.1:0: " +
        "Deno needs -N (or --allow-net=127.0.0.1:0)",
    );
  },
});

Deno.test({
  name: "leave to listen on loopback is all that serveEcho needs",
  permissions: { net: ["127.0.0.1"] },
  fn: async () => {
    await using server = await serveEcho({ record: true });
    using client = await Deno.connect({ port: server.port });
    await client.write(new Uint8Array(5));
    const connection = await server.waitForConnection();
    assertEquals((await connection.waitForBytes(5)).length, 5);
  },
});

for (const [name, [command, ...args]] of Object.entries(COMMANDS)) {
  Deno.test(`${name}: a program that embeds the server ends quietly, whatever its environment`, async () => {
    const { code, stdout, stderr } = await soon(
      new Deno.Command(command, {
        args: [...args, PROGRAM],
        env,
        stdin: "null",
      }).output(),
      "the program",
    );
    const decoder = new TextDecoder();
    assertEquals(
      [code, decoder.decode(stdout), decoder.decode(stderr)],
      [0, "", ""],
    );
  });

  Deno.test(`${name}: a program that embeds the server is killed by signals`, async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const child = new Deno.Command(command, {
        args: [...args, PROGRAM, "stay"],
        stdin: "null",
        stdout: "piped",
      }).spawn();
      let isOver = false;
      const status = child.status.finally(() => isOver = true);
      const reader = child.stdout.getReader();
      try {
        const { value } = await soon(reader.read(), "the program");
        assertEquals(new TextDecoder().decode(value), "ready\n");
        child.kill(signal);
        assertEquals((await soon(status, "the end")).signal, signal);
      } finally {
        if (!isOver) child.kill("SIGKILL");
        await status;
        await reader.cancel();
      }
    }
  });
}

Deno.test("serveEcho looks at the network and at its own limits alone", async () => {
  const file = await Deno.makeTempFile();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", PROGRAM],
    env: { DENO_AUDIT_PERMISSIONS: file },
    stdin: "null",
  }).output();
  assert(success);
  const lines = (await Deno.readTextFile(file)).trim().split("\n");
  await Deno.remove(file);
  const asked = lines.map((line) => JSON.parse(line));
  assert(asked.some(({ permission }) => permission === "net"));
  const others = asked.filter(({ permission, value }) =>
    permission !== "net" && !value.startsWith("/proc/self/")
  );
  assertEquals(others, []);
});
