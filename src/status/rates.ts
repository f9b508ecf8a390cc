/**
 * How fast bytes go over connections.
 *
 * @module
 */

import type { EchoConnection } from "../echo_connection.ts";

/** What is known of a connection's bytes. */
export type Flow = Pick<
  EchoConnection,
  "id" | "ageMs" | "bytesIn" | "bytesOut"
>;

// Looks that follow one another closely would make rates of chance.
const SHORTEST_MS = 500;

/** Measures rates, from one look at connections to the next. */
export class Rates {
  #samples = new Map<number, Sample>();

  /**
   * Looks at connections, and forgets all others.
   *
   * @param flows the connections.
   * @param now the time, on the clock of `performance.now()`.
   * @returns bytes a second, both ways together, of each connection: between
   * the last two looks that were at least half a second apart, or in all its
   * age where there were none.
   */
  look(flows: readonly Flow[], now: number = performance.now()): number[] {
    const samples = new Map<number, Sample>();
    const rates = flows.map((flow) => {
      const sample = sampleOf(flow, now, this.#samples.get(flow.id));
      samples.set(flow.id, sample);
      return sample.rate ?? average(flow);
    });
    this.#samples = samples;
    return rates;
  }

  /** How many connections are remembered. */
  get size(): number {
    return this.#samples.size;
  }
}

/** What was seen of a connection. */
interface Sample {
  readonly bytes: number;
  readonly at: number;
  readonly rate?: number;
}

function sampleOf(flow: Flow, now: number, last?: Sample): Sample {
  const bytes = flow.bytesIn + flow.bytesOut;
  if (!last) return { bytes, at: now };
  const ms = now - last.at;
  if (ms < SHORTEST_MS) return last;
  return { bytes, at: now, rate: (bytes - last.bytes) / ms * 1000 };
}

function average({ ageMs, bytesIn, bytesOut }: Flow): number {
  return ageMs > 0 ? (bytesIn + bytesOut) / ageMs * 1000 : 0;
}
