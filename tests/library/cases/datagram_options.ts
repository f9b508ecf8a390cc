import assert from "node:assert/strict";
import {
  ListenError,
  OptionError,
  serveEcho,
  type ServeEchoOptions,
} from "../../../mod.ts";
import type { Cases } from "../client.ts";
import { DatagramClient } from "../datagram_client.ts";

const LISTEN = "udp://127.0.0.1:0";

/** Where datagrams may be listened for, and what is refused. */
export const datagramOptionCases: Cases = {
  "once a server for datagrams has stopped, its port is free": async () => {
    for (const end of ["shutdown", "close"] as const) {
      const first = await serveEcho({ listen: LISTEN });
      await first[end]();
      const second = await serveEcho({ listen: first.url });
      await second.close();
    }
  },

  "a UDP port in use is a ListenError, and no other port stays taken":
    async () => {
      await using server = await serveEcho({ listen: LISTEN });
      const tcp = await serveEcho();
      const [free] = tcp.urls;
      await tcp.close();
      await assert.rejects(
        serveEcho({ listen: [free, server.url] }),
        (error) => {
          assert(error instanceof ListenError, `${error}`);
          assert(
            error.message.startsWith(`Cannot listen on ${server.url}: the `),
          );
          return true;
        },
      );
      await (await serveEcho({ listen: free })).close();
    },

  "UDP options that do not fit are OptionErrors": async () => {
    const wrong: readonly [options: ServeEchoOptions, complaint: RegExp][] = [
      [{ listen: "udp://0.0.0.0:0" }, /^Cannot listen on udp.*CVE-2024-2169/],
      [{ listen: "udp://[::]:0" }, /^Cannot listen on udp.*CVE-2024-2169/],
      [{ listen: ["tcp://127.0.0.1:0", "udp://192.0.2.1:0"] }, /CVE-2024-2169/],
      [{ listen: "udp://127.0.0.1" }, /expected udp:\/\/HOST:PORT/],
      [
        { faults: [{ kind: "drop" }] },
        /^Cannot use fault drop: .* datagrams and messages,/,
      ],
      [
        {
          listen: LISTEN,
          faults: [{ kind: "drop" }, { kind: "slow_close", ms: 1 }],
        },
        /^Cannot use fault slow_close: it is for streams, and the listeners ta/,
      ],
      [
        { listen: LISTEN, udpRate: -1 },
        /^Cannot use udpRate -1: expected a wh/,
      ],
      [{ listen: LISTEN, udpRate: 0.5 }, /^Cannot use udpRate 0.5: expected a/],
      [
        { listen: LISTEN, udpReceiveBuffer: -1 },
        /^Cannot use udpReceiveBuffer/,
      ],
    ];
    for (const [options, complaint] of wrong) {
      const starting = serveEcho(options).then((server) => server.close());
      await assert.rejects(starting, (error) => {
        assert(error instanceof OptionError, `${complaint}: ${error}`);
        assert.match(error.message, complaint);
        return true;
      });
    }
  },

  "a receive buffer is taken, or is an OptionError that says so": async () => {
    const options = { listen: LISTEN, udpReceiveBuffer: 65_536 };
    if (!("Bun" in globalThis)) {
      await assert.rejects(serveEcho(options), (error) => {
        assert(error instanceof OptionError, `${error}`);
        assert.match(
          error.message,
          /^Cannot set the receive buffer of udp:.*deno/,
        );
        return true;
      });
      return;
    }
    await using server = await serveEcho(options);
    await using client = await DatagramClient.open(server);
    await client.send("hello");
    assert.deepEqual(await client.receive(1), ["hello"]);
  },
};
