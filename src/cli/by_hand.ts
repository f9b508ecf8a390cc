/**
 * Words for somebody who has started echod by hand and asked for nothing, with
 * a double click perhaps.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import type { HostProcess, Runtime } from "../host.ts";
import { printLine } from "./print.ts";

/** Where and how a program was started. */
export interface Start {
  /** The arguments after its name. */
  readonly argv: readonly string[];
  /** The system, as Node calls it. */
  readonly platform: string;
  /** Whether somebody reads what it prints, and can type. */
  readonly isTerminal: boolean;
}

/** How a program was started. */
export function startOf({ platform, process }: Runtime): Start {
  const isTerminal = process.isTerminal(0) && process.isTerminal(1);
  return { argv: process.args, platform, isTerminal };
}

function isByHand({ argv, isTerminal }: Start): boolean {
  return argv.length === 0 && isTerminal;
}

/**
 * What to try first.
 *
 * @param start how the program was started.
 * @param url the URL of the first listener.
 * @returns the text, or `undefined` if nobody is there to be told, or it is no
 * plain TCP that listens.
 */
export function greeting(start: Start, url: string): string | undefined {
  const [, host, port] = /^tcp:\/\/(.+):(\d+)$/.exec(url) ?? [];
  if (port === undefined || !isByHand(start)) return undefined;
  const near = host === "0.0.0.0"
    ? "127.0.0.1"
    : host === "[::]"
    ? "::1"
    : host.replace(/[[\]]/g, "");
  const command = start.platform === "win32"
    ? `$c = [Net.Sockets.TcpClient]::new('${near}', ${port}); ` +
      "$s = $c.GetStream(); " +
      '$b = [Text.Encoding]::ASCII.GetBytes("hello`n"); ' +
      "$s.Write($b, 0, $b.Length); [IO.StreamReader]::new($s).ReadLine(); " +
      "$c.Close()"
    : `nc ${near} ${port}`;
  const where = start.platform === "win32" ? "PowerShell" : "another window";
  return `
echod says back what is sent to ${url}. Try it in ${where}:

  ${command}

Ctrl+C stops it. With --help, it tells what else it can do.
`;
}

// Where nobody sees the window, nobody presses Enter.
const LONGEST_LOOK_MS = 60_000;

/**
 * Keeps a window open until its reader has seen why nothing runs: what a double
 * click opens on Windows closes with the program. Enter, Ctrl+C or a minute
 * ends the wait.
 *
 * @param start how the program was started.
 * @param process its process.
 */
export async function keepWindow(
  start: Start,
  process: HostProcess,
): Promise<void> {
  if (start.platform !== "win32" || !isByHand(start)) return;
  printLine("Press Enter to close.");
  await new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_LOOK_MS);
    process.onSignal("SIGINT", resolve);
    builtin("node:process").stdin.once("data", resolve).once("end", resolve);
  });
}
