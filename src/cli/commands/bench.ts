/**
 * `echod bench`: a load, and what comes of it.
 *
 * @module
 */

import { formatCount } from "../../client/format.ts";
import { bench } from "../../client/load/bench.ts";
import { Load } from "../../client/load/load.ts";
import type { LoadPlan } from "../../client/load/plan.ts";
import type { BenchResult } from "../../client/load/sum.ts";
import { randomSeed } from "../../client/noise.ts";
import { OptionError } from "../../errors.ts";
import type { Runtime } from "../../host.ts";
import { createProgressBar } from "../../std.ts";
import {
  openedText,
  planText,
  resultObject,
  resultText,
} from "../bench_text.ts";
import { checkSize, clientOptions } from "../client_options.ts";
import { EXIT_CLEAN, EXIT_FAILED } from "../exit_codes.ts";
import { threadPart } from "../load_thread.ts";
import type { Invocation } from "../parse.ts";
import { requirePermissions, threadPermissions } from "../permissions.ts";
import { Printer } from "../print.ts";
import { StopSignals } from "../signals.ts";

// Of each that is on its way, the time has to be in memory.
const MOST_AT_ONCE = 10_000_000;

/**
 * Puts a load on a server, and prints what comes of it.
 *
 * @param runtime what it runs on.
 * @param invocation the server, and how.
 * @param program the URL of the program, which its threads run as well.
 * @returns the exit code: 0 if there was no error.
 */
export async function benchCommand(
  runtime: Runtime,
  invocation: Invocation<"bench">,
  program: string,
): Promise<number> {
  const { settings } = invocation;
  const { json, threads: asked, duration } = settings;
  const plan = planOf(runtime, invocation);
  const threads = Math.min(asked, plan.connections);
  if (threads > 1) {
    requirePermissions(runtime, threadPermissions(program), "start threads");
  }
  const stop = new AbortController();
  const signals = new StopSignals(runtime);
  const forced = signals.stop(stop);
  const printer = new Printer(() => stop.abort());
  if (!json) printer.print(planText(plan, threads));
  const { connections } = plan;
  const connecting = new Meter(runtime, connections);
  const playing = new Meter(runtime, duration);
  const speed = new Speed();
  const benching = bench(plan, {
    parts: threads,
    createPart: (part) =>
      threads > 1 ? threadPart(program, part) : new Load(part, runtime),
    ...{ durationMs: duration, signal: stop.signal },
    onConnecting: (open) => {
      const [done, all] = [open, connections].map(formatCount);
      connecting.show(open, `${done} of ${all} connected`);
    },
    onOpened: async (opened) => {
      await connecting.stop();
      if (!json) {
        for (const line of openedText(opened, plan)) printer.print(line);
      }
      if (opened.open > 0) speed.start();
    },
    onProgress: (echoes) => {
      const rate = formatCount(speed.take(echoes));
      playing.show(speed.elapsedMs, `${rate} a second`);
    },
  });
  const result = await Promise.race([benching, forced]);
  await connecting.stop();
  await playing.stop();
  signals.ignore();
  if (result === undefined) return EXIT_FAILED;
  printer.print(
    json
      ? JSON.stringify(resultObject(result, plan, threads))
      : resultText(result, plan),
  );
  printer.check();
  return isClean(result, plan) ? EXIT_CLEAN : EXIT_FAILED;
}

function planOf(
  runtime: Runtime,
  { command, operand: target, settings }: Invocation<"bench">,
): LoadPlan {
  const { connections, size, pipeline, rate, timeout } = settings;
  checkSize(target, size);
  if (pipeline > 1 && target.kind !== "stream") {
    throw new OptionError(
      `Cannot use --pipeline ${pipeline} with ${target.url}: ` +
        "only tcp, tls and unix take more than one message at once",
    );
  }
  if (connections * pipeline > MOST_AT_ONCE) {
    throw new OptionError(
      `Cannot use --pipeline ${pipeline} with --connections ${connections}: ` +
        `expected at most ${MOST_AT_ONCE} messages at once on all of them`,
    );
  }
  const { ca } = clientOptions(runtime, command, target, settings);
  return {
    ...{ target, ca, connections, size, pipeline, rate },
    firstConnection: 0,
    timeoutMs: timeout,
    seed: randomSeed(),
  };
}

function isClean(
  { opened, failures, wrong }: BenchResult,
  { connections }: LoadPlan,
): boolean {
  return opened.open === connections && failures.length === 0 &&
    wrong === undefined;
}

/** How fast it is, from one look to the next. */
class Speed {
  #startedAt = 0;
  #echoes = 0;
  #takenAt = 0;

  start(): void {
    this.#startedAt = this.#takenAt = performance.now();
  }

  get elapsedMs(): number {
    return this.#takenAt - this.#startedAt;
  }

  take(echoes: number): number {
    const now = performance.now();
    const rate = (echoes - this.#echoes) / (now - this.#takenAt) * 1000;
    this.#echoes = echoes;
    this.#takenAt = now;
    return rate;
  }
}

/** How far it is, where somebody watches. */
class Meter {
  #runtime: Runtime;
  #max: number;
  #words = "";
  #bar?: ReturnType<typeof createProgressBar>;
  #isOver = false;

  constructor(runtime: Runtime, max: number) {
    this.#runtime = runtime;
    this.#max = max;
  }

  async show(value: number, words: string): Promise<void> {
    this.#words = words;
    const isSeen = this.#runtime.process.isTerminal(2);
    if (!isSeen || this.#max === 0 || this.#isOver) return;
    const decoder = new TextDecoder();
    this.#bar ??= createProgressBar({
      writable: new WritableStream({
        write: (chunk) => this.#runtime.writeStderr(decoder.decode(chunk)),
      }),
      max: this.#max,
      clear: true,
      format: ({ time, progressBar }) =>
        `${(time / 1000).toFixed(0)} s [${progressBar}] ${this.#words}`,
    });
    (await this.#bar).value = value;
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await (await this.#bar)?.stop();
  }
}
