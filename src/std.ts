/**
 * `@std/cli` and `@std/log`, or their stand-ins made of what both runtimes
 * ship, where JSR does not answer or the runtime resolves no `jsr:` import.
 * Both sides behave the same.
 *
 * @module
 */

import type { ProgressBar, ProgressBarOptions } from "./progress_bar.ts";
import { isBun } from "./runtime.ts";

/** Which flags there are; names without dashes. */
export interface ArgSpec {
  /** Flags without a value. */
  readonly switches: readonly string[];
  /** Flags with a value; they may be repeated. */
  readonly valued: readonly string[];
}

/** What a command line says. */
export interface Args {
  /** The switches that were given. */
  readonly switches: readonly string[];
  /** The values that were given, in order. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Arguments that belong to no flag. */
  readonly rest: readonly string[];
}

/** Severity of a log entry, rising. */
export type Level = "debug" | "info" | "warn" | "error";

/** One thing to log. */
export interface LogEntry {
  /** Its severity. */
  readonly level: Level;
  /** When it was logged. */
  readonly time: Date;
  /** What happened, in a word. */
  readonly event: string;
  /** What there is to say of it. */
  readonly fields: object;
}

/** Logs what is severe enough. */
export type Logger = (level: Level, event: string, fields: object) => void;

/** What a logger is made of. */
export interface LoggerOptions {
  /** The least severity that is logged. */
  readonly level: Level;
  /** Makes a line of an entry. */
  readonly format: (entry: LogEntry) => string;
  /** Takes the line. */
  readonly write: (line: string) => void;
}

/** The two services, whoever does them. */
interface Std {
  /**
   * Sorts the arguments of a command line. It takes only the forms on which
   * all parsers agree: `--switch=true`, `--flag=value`, and the rest.
   */
  parseArgs(argv: readonly string[], spec: ArgSpec): Args;
  /** Makes a logger. */
  createLogger(options: LoggerOptions): Logger;
}

// Given from outside, since it is loaded by those alone who have no packages.
type NodeUtil = Pick<typeof import("node:util"), "parseArgs">;

function fromNode({ parseArgs }: NodeUtil): Std {
  return {
    parseArgs(argv, { switches, valued }) {
      const option = (name: string) => [name, { type: "string" }] as const;
      const { tokens } = parseArgs({
        args: [...argv],
        options: Object.fromEntries([...switches, ...valued].map(option)),
        strict: false,
        tokens: true,
      });
      const given = new Set<string>();
      const values: Record<string, string[]> = {};
      const rest: string[] = [];
      for (const token of tokens) {
        if (token.kind === "positional") rest.push(token.value);
        if (token.kind !== "option") continue;
        if (switches.includes(token.name)) given.add(token.name);
        else (values[token.name] ??= []).push(token.value ?? "");
      }
      return { switches: [...given], values, rest };
    },

    createLogger({ level, format, write }) {
      const levels: readonly Level[] = ["debug", "info", "warn", "error"];
      const least = levels.indexOf(level);
      return (level, event, fields) => {
        if (levels.indexOf(level) < least) return;
        write(format({ level, time: new Date(), event, fields }));
      };
    },
  };
}

/** The part of `@std/cli/parse-args` used here. */
interface ParseArgsModule {
  parseArgs(argv: readonly string[], options: {
    boolean: readonly string[];
    string: readonly string[];
    collect: readonly string[];
  }): Record<string, unknown>;
}

type LevelName = Uppercase<Level>;

interface LogRecord {
  readonly levelName: string;
  readonly datetime: Date;
  readonly msg: string;
  readonly args: unknown[];
}

/** The part of `@std/log/base-handler` used here. */
interface BaseHandlerModule {
  BaseHandler: abstract new (
    level: LevelName,
    options: { formatter: (record: LogRecord) => string },
  ) => object;
}

/** The part of `@std/log/logger` used here. */
interface LoggerModule {
  Logger: new (
    name: string,
    level: LevelName,
    options: { handlers: object[] },
  ) => Record<Level, (event: string, fields: object) => void>;
}

function fromJsr(
  { parseArgs }: ParseArgsModule,
  { BaseHandler }: BaseHandlerModule,
  { Logger }: LoggerModule,
): Std {
  return {
    parseArgs(argv, { switches, valued }) {
      const parsed = parseArgs(argv, {
        boolean: switches,
        string: [...valued, "_"],
        collect: valued,
      });
      const values = valued.flatMap((name) => {
        const list = parsed[name] as string[];
        return list.length > 0 ? [[name, list]] : [];
      });
      return {
        switches: switches.filter((name) => parsed[name]),
        values: Object.fromEntries(values),
        rest: parsed._ as string[],
      };
    },

    createLogger({ level, format, write }) {
      const name = level.toUpperCase() as LevelName;
      class Handler extends BaseHandler {
        log(line: string): void {
          write(line);
        }
      }
      const formatter = (record: LogRecord) =>
        format({
          level: record.levelName.toLowerCase() as Level,
          time: record.datetime,
          event: record.msg,
          fields: record.args[0] as object,
        });
      const handlers = [new Handler(name, { formatter })];
      const logger = new Logger("echod", name, { handlers });
      return (level, event, fields) => logger[level](event, fields);
    },
  };
}

// Where a network drops what is sent to JSR, a start must not wait for it.
const LONGEST_LOAD_MS = 3000;

// Deno loads what it sees in the text of an import before it runs anything; of
// this one it sees no name.
function load(specifier: string): Promise<unknown> {
  return import(specifier);
}

/** Loads modules, or nothing where JSR does not answer. */
async function loadAll(
  begin: () => readonly Promise<unknown>[],
): Promise<readonly unknown[] | undefined> {
  // Bun would look for `@std` on npm, where the scope is not Deno's.
  if (isBun) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST_LOAD_MS);
  });
  try {
    return await Promise.race([Promise.all(begin()), patience]);
  } catch {
    // JSR does not answer: nothing is wrong, the stand-ins do the same.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function choose(): Promise<Std> {
  const modules = await loadAll(() => [
    load("@std/cli/parse-args"),
    load("@std/log/base-handler"),
    load("@std/log/logger"),
  ]);
  if (modules === undefined) return fromNode(await import("node:util"));
  const [cli, handler, logger] = modules;
  return fromJsr(
    cli as ParseArgsModule,
    handler as BaseHandlerModule,
    logger as LoggerModule,
  );
}

/** Reads command lines and makes loggers. */
export const std: Std = await choose();

/** The part of `@std/cli/unstable-progress-bar` used here. */
interface ProgressBarModule {
  ProgressBar: new (
    options: Omit<ProgressBarOptions, "format"> & {
      // It has had both names, and may change them again.
      fmt: ProgressBarOptions["format"];
      formatter: ProgressBarOptions["format"];
    },
  ) => ProgressBar;
}

/**
 * Draws a progress bar; what draws it is loaded only then.
 *
 * @param options what it looks like.
 * @returns the bar.
 */
export async function createProgressBar(
  options: ProgressBarOptions,
): Promise<ProgressBar> {
  const modules = await loadAll(() => [
    load("@std/cli/unstable-progress-bar"),
  ]);
  if (modules === undefined) {
    const { BuiltinProgressBar } = await import("./progress_bar.ts");
    return new BuiltinProgressBar(options);
  }
  const { ProgressBar } = modules[0] as ProgressBarModule;
  const { format } = options;
  return new ProgressBar({ ...options, fmt: format, formatter: format });
}
