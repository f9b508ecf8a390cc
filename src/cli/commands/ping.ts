/**
 * `echod ping`: one echo after another.
 *
 * @module
 */

import { formatCount } from "../../client/format.ts";
import { ping, type PingEvent } from "../../client/ping.ts";
import type { Runtime } from "../../host.ts";
import { checkSize, clientOptions } from "../client_options.ts";
import { EXIT_CLEAN, EXIT_FAILED } from "../exit_codes.ts";
import type { Invocation } from "../parse.ts";
import {
  pingLine,
  pingObject,
  summaryObject,
  summaryText,
} from "../ping_text.ts";
import { Printer } from "../print.ts";
import { StopSignals } from "../signals.ts";

/**
 * Pings a server, and prints what comes of it.
 *
 * @param runtime what it runs on.
 * @param invocation the server, and how.
 * @returns the exit code: 0 if every message has come back as it was.
 */
export async function pingCommand(
  runtime: Runtime,
  { command, operand: target, settings }: Invocation<"ping">,
): Promise<number> {
  const { count, interval, size, json } = settings;
  const { url } = target;
  checkSize(target, size);
  const options = clientOptions(runtime, command, target, settings);
  const stop = new AbortController();
  const signals = new StopSignals(runtime);
  const forced = signals.stop(stop);
  const printer = new Printer(() => stop.abort());
  const print = (line: string) => printer.print(line);
  if (!json) print(`PING ${url} with ${formatCount(size)} bytes`);
  const tell = (event: PingEvent) =>
    print(json ? JSON.stringify(pingObject(event)) : pingLine(event, url));
  const pinging = ping(target, {
    ...options,
    ...{ count, size, tell, intervalMs: interval, signal: stop.signal },
  });
  const summary = await Promise.race([pinging, forced]);
  signals.ignore();
  if (summary === undefined) return EXIT_FAILED;
  print(
    json
      ? JSON.stringify(summaryObject(summary, url))
      : summaryText(summary, url),
  );
  printer.check();
  return summary.isIntact ? EXIT_CLEAN : EXIT_FAILED;
}
