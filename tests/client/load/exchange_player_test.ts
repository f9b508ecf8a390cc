import { ExchangePlayer } from "../../../src/client/load/exchange_player.ts";
import { AT_ONCE } from "../../../src/client/load/pace.ts";
import type { Game } from "../../../src/client/load/player.ts";
import { Tally } from "../../../src/client/load/tally.ts";
import { Noise } from "../../../src/client/noise.ts";
import { parseTarget } from "../../../src/client/target.ts";
import type {
  DatagramHandler,
  DatagramSocket,
  NetAddr,
} from "../../../src/net.ts";
import { assert, assertEquals } from "../../assert.ts";
import { fakeRuntime } from "../../fake_runtime.ts";
import { planOf } from "./playing.ts";

type Send = (
  handler: DatagramHandler,
  data: Uint8Array,
  server: NetAddr,
) => void;

/** A player whose datagrams a test takes. */
async function playing(send: Send, timeoutMs: number) {
  const addr = { transport: "udp", hostname: "127.0.0.1", port: 7 } as const;
  let handler: DatagramHandler;
  const socket: DatagramSocket = {
    addr,
    start: (its) => void (handler = its),
    send: (data, server) => {
      send(handler, data.slice(), server);
      return true;
    },
    drain: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const target = parseTarget("udp://127.0.0.1:7");
  const plan = planOf({ target, timeoutMs });
  const tally = new Tally();
  const game: Game = {
    ...{ plan, tally, noise: new Noise(1, 64), pace: AT_ONCE },
    runtime: fakeRuntime({ bind: () => Promise.resolve(socket) }),
    now: () => performance.now(),
  };
  const player = new ExchangePlayer(game, 0);
  await player.open();
  player.start(0);
  return { player, tally };
}

Deno.test("what cannot be sent at all leaves time for everything else", async () => {
  let tries = 0;
  let stop = () => {};
  const { player, tally } = await playing((handler, data, server) => {
    // Without a pause, nobody else could stop it.
    if (++tries > 100) stop();
    const error = Object.assign(new Error("x"), { code: "EACCES" });
    handler.onSent(data, server, error);
  }, 1000);
  stop = () => player.close();
  await new Promise((resolve) => setTimeout(resolve, 0));
  player.close();
  assertEquals([tries, tally.lost], [1, 1]);
  assertEquals(tally.failures.counts[0].kind, "error");
});

Deno.test("datagrams that come again, or too late, are counted", async () => {
  const done = Promise.withResolvers<void>();
  let first: Uint8Array | undefined;
  let tries = 0;
  const { player, tally } = await playing((handler, data, server) => {
    const answer = (bytes: Uint8Array) => handler.onDatagram(bytes, server);
    switch (++tries) {
      case 1:
        first = data;
        break;
      case 2:
        setTimeout(() => {
          answer(first!);
          answer(data);
          answer(data);
          answer(first!);
        }, 0);
        break;
      case 3:
        done.resolve();
    }
  }, 50);
  await done.promise;
  player.stop();
  assert(player.isBusy);
  assertEquals([tally.times.count, tally.lost], [1, 1]);
  assertEquals([tally.late, tally.duplicates], [1, 2]);
  while (player.isBusy) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(tally.lost, 2);
  player.close();
});
