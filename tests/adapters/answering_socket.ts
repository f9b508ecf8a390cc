/**
 * A socket for datagrams as tests of adapters have it.
 *
 * @module
 */

import type { bind } from "../../src/adapters/node/datagram.ts";
import type { NetAddr } from "../../src/net.ts";
import { inTime, textOf } from "../fake_conn.ts";
import { udp } from "../udp/fake_socket.ts";

/** How an adapter opens one. */
export type Bind = typeof bind;

/** A socket of the adapter that answers at once, and what happened on it. */
export async function openWith(bind: Bind, hostname = "127.0.0.1") {
  const socket = await bind(udp(hostname, 0), {});
  const sources: NetAddr[] = [];
  const sent: [text: string, error: unknown][] = [];
  const errors: unknown[] = [];
  let changed = Promise.withResolvers<void>();
  const notify = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const state = { answers: true };
  socket.start({
    onDatagram: (data, source) => {
      sources.push(source);
      if (state.answers) socket.send(data, source);
      notify();
    },
    onSent: (data, _target, error) => {
      sent.push([textOf(data), error]);
      notify();
    },
    onError: (error) => {
      errors.push(error);
      notify();
    },
  });
  const until = (isSo: () => boolean) => {
    const wait = async () => {
      while (!isSo()) await changed.promise;
    };
    return inTime(wait(), String(isSo));
  };
  const end = () => socket.close();
  return { socket, sources, sent, errors, state, until, [Symbol.dispose]: end };
}
