import { assertEquals, assertMatch } from "../assert.ts";
import { Authority, type Certificate, HAS_OPENSSL } from "../certificates.ts";
import { echoes, peerOf } from "../client.ts";
import { type ServerProcess, soon } from "../server_process.ts";
import { certificateOf, stacksOn } from "../transports.ts";

if (!HAS_OPENSSL) console.warn("skipped: openssl is not installed");

/** Connects with a certificate, or none. */
async function connectAs(
  server: ServerProcess,
  certificate?: Certificate,
): Promise<Deno.TlsConn> {
  const caCerts = [await certificateOf(server)];
  const address = { hostname: "127.0.0.1", port: server.port, caCerts };
  // In TLS 1.3, a client does not hear of it yet if it is refused.
  return await Deno.connectTls({ ...address, ...certificate });
}

/** Whether a server answers. */
async function isServed(conn: Deno.Conn): Promise<boolean> {
  try {
    await conn.write(new Uint8Array(1));
    const read = await soon(conn.read(new Uint8Array(1)), "an answer");
    return read !== null;
  } catch {
    return false;
  }
}

/** What openssl receives for a byte; nothing if it is not served. */
async function askOpenssl(
  server: ServerProcess,
  ...args: readonly string[]
): Promise<string> {
  await using client = new Deno.Command("openssl", {
    args: [
      ...["s_client", "-connect", `127.0.0.1:${server.port}`, "-quiet"],
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = client.stdin.getWriter();
  await writer.write(new TextEncoder().encode("x"));
  const reader = client.stdout.getReader();
  const { value } = await soon(reader.read(), "an answer or an end");
  await reader.cancel();
  await writer.close().catch(() => {});
  return new TextDecoder().decode(value);
}

/** Whether a client that knows no later version than TLS 1.2 is answered. */
async function isServedOld(
  server: ServerProcess,
  certificate?: Certificate,
): Promise<boolean> {
  const args = ["-tls1_2"];
  if (certificate) {
    const file = `${server.directory}/client.pem`;
    await Deno.writeTextFile(file, certificate.cert + certificate.key);
    args.push("-cert", file);
  }
  return await askOpenssl(server, ...args) !== "";
}

for (const stack of stacksOn("tls")) {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    Deno.test({
      name: `${stack.name}: who was refused cannot resume, ${version.slice(1)}`,
      ignore: !HAS_OPENSSL,
      fn: async () => {
        await using ours = await Authority.create("ours");
        await using foreign = await Authority.create("foreign");
        await using server = await stack.start("--client-ca", ours.file);
        const [file, session] = ["client.pem", "session"].map((name) =>
          `${server.directory}/${name}`
        );
        const as = async ({ cert, key }: Certificate) => {
          await Deno.writeTextFile(file, cert + key);
          return [version, "-cert", file];
        };
        const good = await as(await ours.sign());
        assertEquals(await askOpenssl(server, ...good), "x");
        const rogue = await as(await foreign.sign());
        const first = await askOpenssl(server, ...rogue, "-sess_out", session);
        assertEquals(first, "");
        const hasSession = await Deno.stat(session).then(
          () => true,
          () => false,
        );
        const resume = hasSession ? ["-sess_in", session] : [];
        assertEquals(await askOpenssl(server, version, ...resume), "");
        await server.waitFor({ event: "error" }, 2);
        assertEquals(server.all({ event: "connect" }).length, 1);
      },
    });
  }

  Deno.test({
    name:
      `${stack.name}: --client-ca serves those it vouches for, and no others`,
    ignore: !HAS_OPENSSL,
    fn: async () => {
      await using ours = await Authority.create("ours");
      await using foreign = await Authority.create("foreign");
      await using impostor = await Authority.create("ours");
      await using server = await stack.start("--client-ca", ours.file);
      const strangers: readonly [name: string, certificate?: Certificate][] = [
        ["no certificate"],
        ["another's", await foreign.sign()],
        ["that of another of the same name", await impostor.sign()],
        ["a server's", await ours.sign("server")],
      ];
      for (const [i, [name, certificate]] of strangers.entries()) {
        using conn = await connectAs(server, certificate);
        assertEquals(await isServed(conn), false, name);
        const { peer, message } = await server.waitFor(
          { event: "error" },
          i + 1,
        );
        assertEquals(peer, peerOf(conn), name);
        assertMatch(`${message}`, /^TLS handshake failed: .*certificate/);
      }
      for (let i = 0; i < 2; i++) {
        using conn = await connectAs(server, await ours.sign());
        await echoes(conn);
      }
      await server.waitFor({ event: "connect" }, 2);
      assertEquals(server.all({ event: "connect" }).length, 2);
      assertEquals(server.all({ event: "error" }).length, strangers.length);
    },
  });

  Deno.test({
    name: `${stack.name}: --client-ca holds for TLS 1.2, too`,
    ignore: !HAS_OPENSSL,
    fn: async () => {
      await using ours = await Authority.create("ours");
      await using foreign = await Authority.create("foreign");
      await using server = await stack.start("--client-ca", ours.file);
      assertEquals(await isServedOld(server, await ours.sign()), true);
      const { tls } = await server.waitFor({ event: "connect" });
      assertEquals(tls, "TLSv1.2");
      assertEquals(await isServedOld(server), false);
      assertEquals(await isServedOld(server, await foreign.sign()), false);
      await server.waitFor({ event: "error" }, 2);
      assertEquals(server.all({ event: "connect" }).length, 1);
    },
  });
}
