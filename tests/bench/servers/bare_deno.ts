/**
 * The least that an echo server on Deno can be, to compare with.
 *
 * @module
 */

const LARGEST_BUFFER = 256 * 1024;

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  let buffer = new Uint8Array(512);
  for (;;) {
    const read = await conn.read(buffer);
    if (read === null) break;
    for (let sent = 0; sent < read;) {
      sent += await conn.write(buffer.subarray(sent, read));
    }
    if (read === buffer.length && read < LARGEST_BUFFER) {
      buffer = new Uint8Array(Math.min(read * 4, LARGEST_BUFFER));
    }
  }
  conn.close();
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.error(`listening url=tcp://127.0.0.1:${listener.addr.port}`);
for await (const conn of listener) {
  echo(conn).catch((error) => console.error(`${error}`));
}
