"""Python's asyncio, by its protocols, which are faster than its streams.

With the argument "udp" it echoes datagrams.
"""

import asyncio
import socket
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


def tell(protocol, sock):
    port = sock.getsockname()[1]
    print(f"listening url={protocol}://127.0.0.1:{port}", file=sys.stderr)


async def main():
    loop = asyncio.get_running_loop()
    local = ("127.0.0.1", 0)
    if sys.argv[1:] == ["udp"]:
        transport, _ = await loop.create_datagram_endpoint(
            EchoDatagrams, local_addr=local
        )
        tell("udp", transport.get_extra_info("socket"))
    else:
        server = await loop.create_server(Echo, *local, backlog=4096)
        tell("tcp", server.sockets[0])
    await asyncio.Event().wait()


asyncio.run(main())
