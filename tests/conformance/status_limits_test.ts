import { assert, assertEquals } from "../assert.ts";
import { connect } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";

// As many as the status server takes at once, and then some.
const CROWD = 160;

const REQUEST = new TextEncoder().encode("GET /health HTTP/1.0\r\n\r\n");

/** What comes of a request for the health, as text. */
async function health(port: number): Promise<string> {
  using conn = await connect(port);
  await conn.write(REQUEST);
  return await soon(new Response(conn.readable).text(), "an answer");
}

for (const target of TARGETS) {
  Deno.test(`${target.name}: a crowd on the status server leaves room for the echo`, async () => {
    const flags = ["--listen", "tcp://127.0.0.1:0", "--status", "127.0.0.1:0"];
    await using server = await ServerProcess.start(target, flags);
    const { url } = await server.waitFor({ plane: "status" });
    const port = Number(new URL(`${url}`).port);
    const crowd = await Promise.all(
      Array.from({ length: CROWD }, async () => {
        const conn = await connect(port);
        await conn.write(REQUEST.subarray(0, 10));
        return conn;
      }),
    );
    const open = new Set(crowd);
    for (const conn of crowd) {
      const isOver = () => void open.delete(conn);
      conn.read(new Uint8Array(1)).then(isOver, isOver);
    }
    // Those beyond the limit are turned away, and the others stay.
    const turned = async () => {
      while (open.size > 128) await new Promise((go) => setTimeout(go, 20));
    };
    await soon(turned(), "the end of those who are too many");
    assertEquals(open.size, 128);
    {
      using conn = await connect(server.port);
      await conn.write(new Uint8Array(3));
      assertEquals(await soon(conn.read(new Uint8Array(8)), "an echo"), 3);
    }
    for (const conn of crowd) conn.close();
    const again = async () => {
      for (;;) {
        const answer = await health(port).catch(() => "");
        if (answer.includes("healthy")) return answer;
      }
    };
    const answer = await soon(again(), "room for somebody else");
    assert(/^HTTP\/1\.[01] 200/.test(answer), answer);
  });
}
