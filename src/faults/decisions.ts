/**
 * What chance decides, and the log in which decisions are kept and from which
 * they can be played again: JSON lines, the first with the seed and the faults.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { errorText, OptionError } from "../errors.ts";
import { checkFault } from "./grammar.ts";
import { draw } from "./random.ts";
import type { Fault } from "./types.ts";

/** What a fault log begins with. */
export interface FaultLogHead {
  /** The seed of the run. */
  readonly seed: number;
  /** The faults of the run. */
  readonly faults: readonly Fault[];
}

/** One decision. */
export interface Decision {
  /** The connection that it is about, by number. */
  readonly conn?: number;
  /** The datagram that it is about, by number, instead. */
  readonly datagram?: number;
  /** The message of a WebSocket that it is about, by number, instead. */
  readonly message?: number;
  /** The fault, by its place in the list, from 0. */
  readonly fault: number;
  /** Its kind, for the reader. */
  readonly kind: Fault["kind"];
  /** The byte that it is about; `null` for whether the fault hits at all. */
  readonly offset: number | null;
  /** What was decided: 0 or 1 for a hit, ms of latency, the bit to flip. */
  readonly value: number;
}

/** Keeps decisions. */
export interface DecisionLog {
  /** Keeps one. */
  write(decision: Decision): void;
}

/** Decides what is left to chance about connections, or about datagrams. */
export interface Decider {
  /** Whether chance lets a fault hit the one of this number. */
  hits(id: number, index: number, fault: Fault): boolean;
  /** Decides one thing about the one of this number; see `StageControl`. */
  decide(
    id: number,
    index: number,
    kind: Fault["kind"],
    offset: number | null,
    choose: (chance: number) => number | undefined,
  ): number | undefined;
}

/** Decides by seed, or as an earlier run did as far as that went. */
export class Decisions implements Decider {
  /** The seed. */
  readonly seed: number;
  #log?: DecisionLog;
  #replay?: ReadonlyMap<string, number>;
  #replayed: ReadonlySet<number>;

  /**
   * @param seed 32 bits.
   * @param options a log for decisions, and those of an earlier run.
   */
  constructor(
    seed: number,
    { log, replay }: { log?: DecisionLog; replay?: readonly Decision[] } = {},
  ) {
    this.seed = seed;
    this.#log = log;
    this.#replayed = new Set(replay?.map(keyOf));
    this.#replay = replay && new Map(
      replay.map((decision) => {
        const { fault, offset, value } = decision;
        return [placeOf(keyOf(decision), fault, offset), value];
      }),
    );
  }

  /** The same for datagrams, which have numbers of their own. */
  get datagrams(): Decider {
    return this.#numbered((datagram) => keyOf({ datagram }));
  }

  /** The same for messages of WebSockets. */
  get messages(): Decider {
    return this.#numbered((message) => keyOf({ message }));
  }

  #numbered(key: (id: number) => number): Decider {
    return {
      hits: (id, index, fault) => this.hits(key(id), index, fault),
      decide: (id, ...rest) => this.decide(key(id), ...rest),
    };
  }

  hits(id: number, index: number, { kind, p = 1 }: Fault): boolean {
    const choose = (chance: number) => chance < p ? 1 : 0;
    return this.decide(id, index, kind, null, choose) === 1;
  }

  decide(
    id: number,
    index: number,
    kind: Fault["kind"],
    offset: number | null,
    choose: (chance: number) => number | undefined,
  ): number | undefined {
    const known = this.#replay?.get(placeOf(id, index, offset));
    if (known !== undefined) return known;
    // Of a connection that was there, the bytes that were spared are known too.
    if (kind === "corrupt" && this.#replayed.has(id)) return undefined;
    const value = choose(draw(this.seed, id, index, offset ?? -1));
    if (value !== undefined) {
      this.#log?.write({ ...subjectOf(id), fault: index, kind, offset, value });
    }
    return value;
  }
}

type Subject = Pick<Decision, "conn" | "datagram" | "message">;

// More datagrams than a server will ever see.
const FIRST_MESSAGE = 2 ** 40;

// Others than connections count downwards, so that one number tells which it
// is.
function keyOf({ conn, datagram, message = 0 }: Subject): number {
  if (conn !== undefined) return conn;
  return datagram === undefined ? -FIRST_MESSAGE - message : -datagram;
}

function subjectOf(key: number): Subject {
  if (key > 0) return { conn: key };
  return key > -FIRST_MESSAGE
    ? { datagram: -key }
    : { message: -FIRST_MESSAGE - key };
}

function placeOf(id: number, fault: number, offset: number | null): string {
  return `${id} ${fault} ${offset}`;
}

/** A fault log in a file, written at once, so that a crash loses nothing. */
export class FaultLogFile implements DecisionLog {
  #file: number;
  #onError: (error: unknown) => void;
  #isBroken = false;

  /**
   * @param path where to; an old file is replaced.
   * @param head what the log begins with.
   * @param onError told once, when a decision cannot be written; the log ends.
   * @throws the error of the file system.
   */
  constructor(
    path: string,
    head: FaultLogHead,
    onError: (error: unknown) => void,
  ) {
    this.#onError = onError;
    this.#file = builtin("node:fs").openSync(path, "w");
    this.#line(head);
  }

  write(decision: Decision): void {
    if (this.#isBroken) return;
    try {
      this.#line(decision);
    } catch (error) {
      this.#isBroken = true;
      this.#onError(error);
    }
  }

  /** Closes the file. */
  close(): void {
    builtin("node:fs").closeSync(this.#file);
  }

  #line(value: object): void {
    builtin("node:fs").writeSync(this.#file, JSON.stringify(value) + "\n");
  }
}

/**
 * Reads a fault log.
 *
 * @param path the file.
 * @returns its seed, its faults and its decisions.
 * @throws {OptionError} if it is not a fault log; names the line.
 */
export function readFaultLog(
  path: string,
): FaultLogHead & { readonly decisions: readonly Decision[] } {
  const lines = builtin("node:fs").readFileSync(path, "utf8").split("\n");
  const values = lines.flatMap((line, at) =>
    line ? [{ at, value: parseLine(path, at, line) }] : []
  );
  const [head, ...rest] = values;
  const { seed, faults } = head?.value ?? {};
  const isSeed = Number.isInteger(seed) && seed === Number(seed) >>> 0;
  if (!isSeed || !Array.isArray(faults)) {
    throw new OptionError(
      `Cannot replay ${path}: expected a file that --fault-log has written`,
    );
  }
  return {
    seed: Number(seed),
    faults: faults.map((fault) => inLine(path, 0, () => checkFault(fault))),
    decisions: rest.map(({ at, value }) => {
      if (isDecision(value)) return value;
      throw new OptionError(`Cannot replay ${path}:${at + 1}: not a decision`);
    }),
  };
}

type Line = Partial<Record<keyof FaultLogHead | keyof Decision, unknown>>;

function parseLine(path: string, at: number, line: string): Line {
  const value: unknown = inLine(path, at, () => readJson(line));
  return typeof value === "object" && value !== null ? value : {};
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    // What runtimes say of it differs, and is about the inside of a line.
    throw new OptionError("expected JSON, as --fault-log writes it", { cause });
  }
}

function inLine<T>(path: string, at: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OptionError(
      `Cannot replay ${path}:${at + 1}: ${errorText(error)}`,
      { cause: error },
    );
  }
}

// A latency, with all its jitter, is below this; in milliseconds.
const LARGEST_VALUE = 2 ** 32;

function isDecision(line: Line): line is Decision {
  const { conn, datagram, message, fault, offset, value } = line;
  const isCount = (number: unknown) =>
    Number.isSafeInteger(number) && Number(number) >= 0;
  const isValue = typeof value === "number" && value >= 0 &&
    value <= LARGEST_VALUE;
  const subjects = [conn, datagram, message].filter((one) => one !== undefined);
  return isValue && subjects.length === 1 &&
    [subjects[0], fault, offset ?? 0].every(isCount);
}
