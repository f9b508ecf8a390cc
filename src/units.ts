/**
 * Reads the values of flags from text.
 *
 * Every reader throws an {@linkcode OptionError} that says what it expected;
 * the caller adds which setting the value is for.
 *
 * @module
 */

import { OptionError } from "./errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

// Timers of both runtimes hold 31 bits of milliseconds.
const LONGEST_HOURS = 596;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Reads a port, 0 to 65535. */
export function readPort(text: string): number {
  const port = readWholeNumber(text, "a port from 0 to 65535");
  if (port > 65535) throw new OptionError("expected a port from 0 to 65535");
  return port;
}

/** Reads a whole number from 0 up. */
export function readCount(text: string): number {
  return readWholeNumber(text, "a whole number, such as 100");
}

/** Reads a whole number from 1 up. */
export function readAtLeastOne(text: string): number {
  const count = readWholeNumber(text, "a whole number, such as 100");
  if (count > 0) return count;
  throw new OptionError("expected at least 1");
}

// Threads beyond any machine's cores only cost memory.
const MOST_WORKERS = 256;

/** Reads a number of threads, 1 to 256; `auto` is one for each core. */
export function readWorkers(text: string): number {
  if (text === "auto") return navigator.hardwareConcurrency;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (count >= 1 && count <= MOST_WORKERS) return count;
  throw new OptionError(`expected auto or a number from 1 to ${MOST_WORKERS}`);
}

/** Reads a seed, 32 bits. */
export function readSeed(text: string): number {
  const seed = readWholeNumber(text, "a number from 0 to 4294967295");
  if (seed < 2 ** 32) return seed;
  throw new OptionError("expected a number from 0 to 4294967295");
}

const TOO_LARGE = `expected at most ${Number.MAX_SAFE_INTEGER}`;

function readWholeNumber(text: string, expected: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value > Number.MAX_SAFE_INTEGER) throw new OptionError(TOO_LARGE);
  if (Number.isSafeInteger(value)) return value;
  throw new OptionError(`expected ${expected}`);
}

/** Reads a duration such as `500ms`, `30s`, `5m` or `1h`, in milliseconds. */
export function readDuration(text: string): number {
  if (text === "0") return 0;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  if (amount === undefined || !Object.hasOwn(UNIT_MS, unit)) {
    throw new OptionError(
      `${unit ? `unknown unit "${unit}", ` : ""}` +
        "expected a duration such as 500ms, 30s, 5m or 1h",
    );
  }
  const ms = Math.round(Number(amount) * UNIT_MS[unit]);
  // 0 would switch the limit off, which is not what a short time means.
  if (ms === 0 && Number(amount) > 0) {
    throw new OptionError("expected at least 1ms, or 0");
  }
  if (ms > LONGEST_HOURS * UNIT_MS.h) {
    throw new OptionError(`expected at most ${LONGEST_HOURS}h`);
  }
  return ms;
}

/** Writes a duration, in whole milliseconds, as `readDuration` reads it. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0";
  // The largest that fits; every number of milliseconds has one.
  const unit = ["h", "m", "s", "ms"].find((unit) => ms % UNIT_MS[unit] === 0)!;
  return `${ms / UNIT_MS[unit]}${unit}`;
}

/** Reads a size such as `1024`, `64KiB` or `10MB`, in bytes. */
export function readSize(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const bytes = amount !== undefined && Object.hasOwn(UNIT_BYTES, unit)
    ? Number(amount) * UNIT_BYTES[unit]
    : NaN;
  // 2.01kB are 2010 bytes, whatever binary fractions make of them.
  const whole = Math.round(bytes);
  if (whole > Number.MAX_SAFE_INTEGER) throw new OptionError(TOO_LARGE);
  const isWhole = Math.abs(bytes - whole) < 1e-6;
  if (isWhole && Number.isSafeInteger(whole)) return whole;
  throw new OptionError(
    `${amount && unit && isNaN(bytes) ? `unknown unit "${unit}", ` : ""}` +
      "expected a size such as 1024, 64KiB or 10MB",
  );
}

/** Reads any text but the empty one. */
export function readText(text: string): string {
  if (text === "") throw new OptionError("expected some text");
  return text;
}

/** Reads the mode of a file, such as `0660`. */
export function readMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return parseInt(text, 8);
  throw new OptionError("expected a mode in octal, such as 0660");
}

/** Makes a reader of one of a few words. */
export function choiceOf<T extends string>(
  ...words: readonly T[]
): (text: string) => T {
  return (text) => {
    const word = words.find((word) => word === text);
    if (word) return word;
    throw new OptionError(`expected ${words.join(", ")}`);
  };
}

/** Reads a switch, as variables and the configuration file say it. */
export function readSwitch(text: string): boolean {
  const word = choiceOf("true", "false", "1", "0")(text);
  return word === "true" || word === "1";
}

/** Reads a duration in milliseconds, with a unit or without. */
export function readMs(text: string): number {
  return readDuration(
    /^[\d.]+$/.test(text) && text !== "0" ? `${text}ms` : text,
  );
}

/** Reads a size of at least one byte. */
export function readSomeBytes(text: string): number {
  const bytes = readSize(text);
  if (bytes > 0) return bytes;
  throw new OptionError("expected a size of at least 1");
}

/** Reads a share or a probability, 0 to 1. */
export function readShare(text: string): number {
  const share = /^[\d.]+(e-\d+)?$/.test(text) ? Number(text) : NaN;
  if (share >= 0 && share <= 1) return share;
  throw new OptionError("expected a number from 0 to 1, such as 0.1");
}
