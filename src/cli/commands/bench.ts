/**
 * `echod bench`: a load, and what comes of it.
 *
 * @module
 */

import { isatty } from "node:tty";
import { formatCount } from "../../client/format.ts";
import { bench, type BenchResult } from "../../client/load/bench.ts";
import { Load } from "../../client/load/load.ts";
import type { LoadPlan } from "../../client/load/plan.ts";
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
  const signals = new StopSignals();
  const forced = signals.stop(stop);
  const printer = new Printer(() => stop.abort());
  if (!json) printer.print(planText(plan, threads));
  const meter = new Meter(runtime, duration);
  const benching = bench(plan, {
    parts: threads,
    createPart: (part) =>
      threads > 1 ? threadPart(program, part) : new Load(part, runtime),
    ...{ durationMs: duration, signal: stop.signal },
    onOpened: (opened) => {
      if (!json) {
        for (const line of openedText(opened, plan)) printer.print(line);
      }
      if (opened.open > 0) meter.start();
    },
    onProgress: (echoes) => meter.show(echoes),
  });
  const result = await Promise.race([benching, forced]);
  await meter.stop();
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

/** How far it is, where somebody watches. */
class Meter {
  #runtime: Runtime;
  #durationMs: number;
  #startedAt = 0;
  #echoes = 0;
  #rate = 0;
  #shownAt = 0;
  #bar?: ReturnType<typeof createProgressBar>;

  constructor(runtime: Runtime, durationMs: number) {
    this.#runtime = runtime;
    this.#durationMs = durationMs;
  }

  start(): void {
    if (!isatty(2) || this.#durationMs === 0) return;
    this.#startedAt = this.#shownAt = performance.now();
    const decoder = new TextDecoder();
    this.#bar = createProgressBar({
      writable: new WritableStream({
        write: (chunk) => this.#runtime.writeStderr(decoder.decode(chunk)),
      }),
      max: this.#durationMs,
      clear: true,
      format: ({ time, progressBar }) =>
        `${(time / 1000).toFixed(0)} s [${progressBar}] ` +
        `${formatCount(this.#rate)} a second`,
    });
  }

  async show(echoes: number): Promise<void> {
    const now = performance.now();
    this.#rate = (echoes - this.#echoes) / (now - this.#shownAt) * 1000;
    this.#echoes = echoes;
    this.#shownAt = now;
    const bar = await this.#bar;
    if (bar) bar.value = now - this.#startedAt;
  }

  async stop(): Promise<void> {
    await (await this.#bar)?.stop();
  }
}
