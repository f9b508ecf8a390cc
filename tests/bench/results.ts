/**
 * What a run has measured, as it is kept in a file.
 *
 * @module
 */

import {
  type Estimate,
  estimateMedian,
  ratioOf,
  summarize,
  type Summary,
} from "./statistics.ts";

/** What is measured of a server in a scenario. */
export type Figure =
  | "cpuMicros"
  | "rate"
  | "bytesPerSecond"
  | "p50Micros"
  | "p99Micros"
  | "rss1000Kib"
  | "fresh10000Kib"
  | "rss10000Kib"
  | "pss10000Kib"
  | "firstEchoMs"
  | "cachedFirstEchoMs"
  | "memoryMib"
  | "restMib"
  | "neverReadP99Micros"
  | "floodP99Micros"
  | "crewCpuMicros"
  | "crewRate";

/** What one turn has measured of a server in a scenario. */
export type Sample = Readonly<Partial<Record<Figure, number>>>;

/** What is kept of a run. */
export interface Kept {
  /** When it began, as ISO date. */
  readonly date: string;
  /** What it ran on. */
  readonly machine: string;
  /** How many rounds there were. */
  readonly rounds: number;
  /** The names of the servers. */
  readonly servers: readonly string[];
  /** By scenario and server, a sample a turn. */
  readonly samples: Readonly<
    Record<string, Readonly<Record<string, Sample[]>>>
  >;
  /** By scenario and server, what went wrong. */
  readonly failures: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type ByServer<T> = Record<string, Record<string, T>>;

/** The results of a run. */
export class Results {
  /** All of it, for a file. */
  readonly kept: Kept;
  #samples: ByServer<Sample[]>;
  #failures: ByServer<string>;

  /** @param kept what there is already. */
  constructor(kept: Kept) {
    this.#samples = structuredClone(kept.samples) as ByServer<Sample[]>;
    this.#failures = structuredClone(kept.failures) as ByServer<string>;
    this.kept = { ...kept, samples: this.#samples, failures: this.#failures };
  }

  /** Adds a sample. */
  add(scenario: string, server: string, sample: Sample): void {
    ((this.#samples[scenario] ??= {})[server] ??= []).push(sample);
  }

  /** Notes that a server has failed, which takes its samples away. */
  fail(scenario: string, server: string, reason: string): void {
    (this.#failures[scenario] ??= {})[server] = reason;
    delete this.#samples[scenario]?.[server];
  }

  /** Why a server has failed, if it has. */
  failure(scenario: string, server: string): string | undefined {
    return this.#failures[scenario]?.[server];
  }

  /** Whether a server took part in a scenario. */
  has(scenario: string, server: string): boolean {
    return this.failure(scenario, server) !== undefined ||
      this.#samples[scenario]?.[server] !== undefined;
  }

  /** A figure of each turn; none if the server took no part. */
  all(scenario: string, server: string, figure: Figure): number[] {
    const samples = this.#samples[scenario]?.[server] ?? [];
    return samples.map((sample) => sample[figure]).filter((value) =>
      value !== undefined
    );
  }

  /** Median and spread of a figure. */
  summary(
    scenario: string,
    server: string,
    figure: Figure,
  ): Summary | undefined {
    return summarize(this.all(scenario, server, figure));
  }

  /** A figure, and how sure it is. */
  estimate(scenario: string, server: string, figure: Figure): Estimate {
    return estimateMedian(this.all(scenario, server, figure));
  }

  /** How a server's figure compares with that of another; NaN if one lacks. */
  ratio(
    scenario: string,
    server: string,
    other: string,
    figure: Figure,
  ): Estimate {
    return ratioOf(
      this.all(scenario, server, figure),
      this.all(scenario, other, figure),
    );
  }
}
