/**
 * The least that an echo server on Bun can be, to compare with.
 *
 * @module
 */

import { bun, type BunSocket } from "../../../src/adapters/bun/api.ts";

type Socket = BunSocket<Uint8Array | undefined>;

function write(socket: Socket, chunk: Uint8Array): void {
  const written = socket.write(chunk);
  if (written === chunk.length) {
    socket.data = undefined;
  } else {
    socket.data = chunk.subarray(Math.max(written, 0));
    socket.pause();
  }
}

const listener = bun.listen<Uint8Array | undefined>({
  hostname: "127.0.0.1",
  port: 0,
  allowHalfOpen: true,
  socket: {
    open: (socket) => socket.setNoDelay(true),
    data: write,
    drain: (socket) => {
      if (socket.data) write(socket, socket.data);
      if (!socket.data) socket.resume();
    },
    end: (socket) => socket.end(),
    close: () => {},
    error: (_, error) => console.error(`${error}`),
  },
});
console.error(`listening url=tcp://127.0.0.1:${listener.port}`);
