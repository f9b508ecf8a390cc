import assert from "node:assert/strict";
import { serveEcho } from "@echod/echod";

/** What is under test: sends a text, again if the connection is lost. */
async function sendSafely(port: number, text: string): Promise<string> {
  for (let attempt = 1;; attempt++) {
    try {
      using conn = await Deno.connect({ port });
      return await exchange(conn, text);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function exchange(conn: Deno.Conn, text: string): Promise<string> {
  await conn.writable.getWriter().write(new TextEncoder().encode(text));
  let answer = "";
  for await (const part of conn.readable.pipeThrough(new TextDecoderStream())) {
    answer += part;
    if (answer.length >= text.length) return answer;
  }
  throw new Error("the server ended the connection");
}

Deno.test("the client survives a connection that is reset after 1 KiB", async () => {
  await using server = await serveEcho({
    faults: [{ kind: "reset_peer", bytes: 1024, conn: 1 }],
    record: true,
  });
  const text = "do you read me? ".repeat(1000);

  assert.equal(await sendSafely(server.port, text), text);

  const lost = await server.waitForConnection(1);
  assert.equal(await lost.closed, "fault");
  assert.equal(lost.bytesOut, 1024);
  const second = await server.waitForConnection(2);
  assert.equal(await second.closed, "eof");
  assert.equal(second.text(), text);
});
