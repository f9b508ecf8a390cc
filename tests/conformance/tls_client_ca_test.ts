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

/** The same for a client that knows no later version than TLS 1.2. */
async function isServedOld(
  server: ServerProcess,
  certificate?: Certificate,
): Promise<boolean> {
  const args = ["-connect", `127.0.0.1:${server.port}`, "-tls1_2", "-quiet"];
  if (certificate) {
    const file = `${server.directory}/client.pem`;
    await Deno.writeTextFile(file, certificate.cert + certificate.key);
    args.push("-cert", file);
  }
  await using client = new Deno.Command("openssl", {
    args: ["s_client", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = client.stdin.getWriter();
  await writer.write(new TextEncoder().encode("x"));
  const reader = client.stdout.getReader();
  const { value } = await soon(reader.read(), "an answer");
  await reader.cancel();
  await writer.close().catch(() => {});
  return value !== undefined;
}

for (const stack of stacksOn("tls")) {
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
