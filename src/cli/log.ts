/**
 * The log: one line a record, as text or JSON, on standard error.
 *
 * @module
 */

import type { Runtime } from "../host.ts";
import type { ServerRecord } from "../records.ts";
import { type Level, type LogEntry, std } from "../std.ts";
import { LogWriter } from "./log_writer.ts";

const LEVEL: Readonly<Record<ServerRecord["event"], Level>> = {
  listening: "info",
  connect: "info",
  disconnect: "info",
  refused: "warn",
  dropped: "warn",
  datagrams: "info",
  request: "info",
  faults: "info",
  shutdown: "info",
  warning: "warn",
  error: "error",
};

// C0, C1, zero-width and bidirectional controls, line and paragraph separators:
// what a peer could use to forge lines or to repaint a terminal.
const UNSAFE =
  // deno-lint-ignore no-control-regex -- controls are what it looks for.
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escape(text: string): string {
  return text.replace(
    UNSAFE,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** An entry as one JSON object. */
export function formatJson({ time, level, event, fields }: LogEntry): string {
  return escape(JSON.stringify({ time, level, event, ...fields }));
}

/** An entry as time, level, event and `key=value` pairs. */
export function formatText({ time, level, event, fields }: LogEntry): string {
  let line = `${time.toISOString()} ${level.padEnd(5)} ${event}`;
  for (const [key, value] of Object.entries(fields)) {
    line += ` ${key}=${formatValue(value)}`;
  }
  return line;
}

// Nearly all values are like this, and spared the long look at what is unsafe.
const PLAIN = /^[\w.:/[\]-]+$/;

function formatValue(value: unknown): string {
  const text = String(value);
  if (typeof value === "number" || PLAIN.test(text)) return text;
  return escape(/[\s"=]|^$/.test(text) ? JSON.stringify(text) : text);
}

/** A server's log. */
export interface Log {
  /** Logs a record. */
  record(record: ServerRecord): void;
  /** Waits until everything is written, for one second at most. */
  flush(): Promise<void>;
}

/** What a log looks like. */
export interface LogOptions {
  /** The least severity that is logged. */
  readonly level: Level;
  /** The form of its lines. */
  readonly format: "text" | "json";
}

/**
 * Opens the log on standard error.
 *
 * @param runtime whose standard error it is.
 * @param options what is logged, and how.
 * @returns the log.
 */
export function openLog(
  runtime: Runtime,
  { level, format: form }: LogOptions,
): Log {
  const format = form === "json" ? formatJson : formatText;
  const writer = new LogWriter(
    (text) => runtime.writeStderr(text),
    (dropped) => {
      const message = `${dropped} log records dropped: ` +
        "standard error was not read fast enough";
      const fields = { message };
      return format({
        level: "warn",
        time: new Date(),
        event: "warning",
        fields,
      });
    },
  );
  const write = (line: string) => writer.line(line);
  const log = std.createLogger({ level, format, write });
  return {
    record: ({ event, ...fields }) => log(LEVEL[event], event, fields),
    flush: () => writer.flush(),
  };
}
