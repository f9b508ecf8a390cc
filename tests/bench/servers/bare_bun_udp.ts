/**
 * The least that an echo of datagrams on Bun can be, to compare with.
 *
 * @module
 */

import { bun } from "../../../src/adapters/bun/api.ts";

const { address: { port } } = await bun.udpSocket({
  hostname: "127.0.0.1",
  port: 0,
  binaryType: "uint8array",
  socket: {
    data: (socket, data, port, address) => {
      socket.send(data, port, address);
    },
    drain: () => {},
    error: () => {},
  },
});
console.error(`listening url=udp://127.0.0.1:${port}`);
