/**
 * The least that an echo of datagrams on Bun can be, to compare with.
 *
 * @module
 */

interface UdpSocket {
  readonly port: number;
  send(data: Uint8Array, port: number, address: string): boolean;
}

interface UdpApi {
  udpSocket(options: {
    hostname: string;
    port: number;
    binaryType: "uint8array";
    socket: {
      data(
        socket: UdpSocket,
        data: Uint8Array,
        port: number,
        address: string,
      ): void;
    };
  }): Promise<UdpSocket>;
}

const { Bun } = globalThis as unknown as { Bun: UdpApi };

const { port } = await Bun.udpSocket({
  hostname: "127.0.0.1",
  port: 0,
  binaryType: "uint8array",
  socket: {
    data: (socket, data, port, address) => {
      socket.send(data, port, address);
    },
  },
});
console.error(`listening url=udp://127.0.0.1:${port}`);
