// What Node's documentation makes an echo server of; "udp" echoes datagrams.
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import process from "node:process";

function tell(protocol, { port }) {
  console.error(`listening url=${protocol}://127.0.0.1:${port}`);
}

if (process.argv[2] === "udp") {
  const socket = createSocket("udp4");
  socket.on("message", (data, { address, port }) => {
    socket.send(data, port, address);
  });
  socket.bind(0, "127.0.0.1", () => tell("udp", socket.address()));
} else {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  const options = { port: 0, host: "127.0.0.1", backlog: 4096 };
  server.listen(options, () => tell("tcp", server.address()));
}
