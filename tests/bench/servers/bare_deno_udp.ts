/**
 * The least that an echo of datagrams on Deno can be, to compare with; needs
 * `--unstable-net`.
 *
 * @module
 */

const socket = Deno.listenDatagram({
  transport: "udp",
  hostname: "127.0.0.1",
  port: 0,
});
const { port } = socket.addr as Deno.NetAddr;
console.error(`listening url=udp://127.0.0.1:${port}`);
const buffer = new Uint8Array(65_536);
for (;;) {
  const [data, source] = await socket.receive(buffer);
  await socket.send(data, source);
}
