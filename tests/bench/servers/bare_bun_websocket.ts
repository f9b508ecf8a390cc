/**
 * The least that an echo of WebSocket messages on Bun can be, to compare with.
 *
 * @module
 */

import { bun } from "../../../src/adapters/bun/api.ts";

const { port } = bun.serve<null>({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  maxRequestBodySize: 0,
  development: false,
  reusePort: false,
  fetch: (request, server) => {
    const isUpgraded = server.upgrade(request, { data: null });
    const refusal = new Response(null, { status: 400 });
    return Promise.resolve(isUpgraded ? undefined : refusal);
  },
  error: () => new Response(null, { status: 500 }),
  websocket: {
    idleTimeout: 0,
    sendPings: false,
    perMessageDeflate: false,
    maxPayloadLength: 1024 * 1024,
    backpressureLimit: 1024 * 1024,
    open: () => {},
    message: (socket, data) => {
      socket.send(data);
    },
    close: () => {},
  },
});
console.error(`listening url=http://127.0.0.1:${port}`);
