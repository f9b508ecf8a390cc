/**
 * The least that an echo server on Deno can be, to compare with.
 *
 * @module
 */

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  let buffer = new Uint8Array(512);
  for (;;) {
    const read = await conn.read(buffer);
    if (read === null) break;
    for (let sent = 0; sent < read;) {
      sent += await conn.write(buffer.subarray(sent, read));
    }
    if (read === buffer.length && read < 256 * 1024) {
      buffer = new Uint8Array(read * 4);
    }
  }
  conn.close();
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.error(JSON.stringify({
  event: "listening",
  url: `tcp://127.0.0.1:${listener.addr.port}`,
  runtime: `deno ${Deno.version.deno}`,
}));
for await (const conn of listener) {
  echo(conn).catch((error) => console.error(`${error}`));
}
