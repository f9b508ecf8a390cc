import { assert, assertEquals } from "../assert.ts";
import { ServerProcess } from "../server_process.ts";
import { outputOf, TARGETS } from "../targets.ts";

const HAS_SOCAT = await outputOf("socat", ["-V"]).then(
  () => true,
  () => false,
);

/** Sends some text with socat, which ends its side, and gives back the echo. */
async function ask(address: string, text: string): Promise<string> {
  const child = new Deno.Command("socat", {
    // Of UDP nobody says that it is over.
    args: ["-t", "2", "-", address],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

for (const target of TARGETS) {
  Deno.test({
    name: `${target.name}: one server takes TCP, TLS, UDP and Unix at once`,
    ignore: !HAS_SOCAT,
    fn: async () => {
      const directory = await Deno.makeTempDir();
      const [cert, path, config] = ["cert.pem", "e.sock", "echod.json"].map(
        (name) => `${directory}/${name}`,
      );
      // Half of it from the file, as a user may have it.
      const settings = { selfSigned: true, certOut: cert, unixMode: "0600" };
      await Deno.writeTextFile(config, JSON.stringify(settings));
      await using server = await ServerProcess.start(target, [
        ...["--config", config, "--listen", "tcp://127.0.0.1:0"],
        ...["-l", "tls://127.0.0.1:0", "-l", "udp://127.0.0.1:0"],
        ...["-l", `unix:${path}`],
      ]);
      await server.waitFor({ event: "listening" }, 4);
      const [tcp, tls, udp] = server.urls.map(({ host }) => host);
      const addresses = [
        `TCP:${tcp}`,
        `OPENSSL:${tls},cafile=${cert},verify=1`,
        `UDP:${udp}`,
        `UNIX-CONNECT:${path}`,
      ];
      const answers = await Promise.all(
        addresses.map((address) => ask(address, `hello ${address}\n`)),
      );
      assertEquals(answers, addresses.map((it) => `hello ${it}\n`));
      await server.waitFor({ event: "disconnect", reason: "eof" }, 3);
      server.signal("SIGTERM");
      const { received, sent } = await server.waitFor({ event: "datagrams" });
      assertEquals([received, sent], [1, 1]);
      assertEquals(await server.exitCode(), 0);
      const left = [...Deno.readDirSync(directory)].map(({ name }) => name);
      assert(!left.includes("e.sock"), `${left}`);
      await Deno.remove(directory, { recursive: true });
    },
  });
}
