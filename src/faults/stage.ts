/**
 * What a fault does to the bytes of one connection.
 *
 * @module
 */

/** Bytes on their way back to the client. */
export interface Piece {
  /** The bytes; a stage that changes them makes a copy. */
  readonly data: Uint8Array;
  /** How many bytes were received before the first of these. */
  readonly offset: number;
  /** When they may be written, on the clock of `performance.now()`. */
  readonly dueAt: number;
  /** What follows once they are written. */
  readonly then?: "end" | "abort";
  /** Whether it may go before that, behind the next to the same client. */
  readonly yields?: boolean;
}

/** What a stage may do to its connection. */
export interface StageControl {
  /** Ends the connection with FIN, after what is on its way. */
  end(): void;
  /** Drops the connection with RST, after what is on its way. */
  abort(): void;
  /** Drops the connection with RST at once. */
  abortNow(): void;
  /** Reads no more. */
  stopReading(): void;
  /** Calls back after some milliseconds, unless the connection ends before. */
  after(ms: number, run: () => void): void;
  /**
   * Makes a decision by chance. The chance depends on the seed, the connection,
   * the fault and the offset alone; when a run is played again, what was
   * decided then is decided again.
   *
   * @param offset the byte that it is about.
   * @param choose makes a decision of a number from 0 to 1, but never 1.
   * @returns the decision; `undefined` if it is to do nothing.
   */
  decide(
    offset: number,
    choose: (chance: number) => number | undefined,
  ): number | undefined;
}

/** One fault at work on one connection; it may leave out what it keeps. */
export interface Stage {
  /** Called once, when the fault begins; before any byte unless it has `after`. */
  begin?(): void;
  /** Takes a piece and gives back what becomes of it, in order. */
  pass?(piece: Piece): readonly Piece[];
  /** How late the client's FIN is answered, in ms; `Infinity`: never. */
  readonly finDelayMs?: number;
}

/** One value of a fault: how it is read, and whether it must be there. */
export interface FaultKey {
  /** Reads a value from text; throws an error that says what it expected. */
  readonly read: (text: string) => number | string;
  /** Whether the fault makes no sense without it. */
  readonly required?: true;
}

/**
 * What a fault may work on. A datagram, or a message of a WebSocket, is one
 * piece and has its own stage.
 */
export type Traffic = "streams" | "datagrams" | "messages";

/** One kind of fault. */
export interface FaultKind<F> {
  /** Its own keys, besides those of the selectors. */
  readonly keys: { readonly [K in Exclude<keyof F, SelectorKey>]-?: FaultKey };
  /** What it makes sense for. */
  readonly over: readonly Traffic[];
  /** An example for the documentation. */
  readonly example: string;
  /** What it does, in one line. */
  readonly help: string;
  /** Puts it to work on one connection. */
  readonly stage: (fault: F, control: StageControl) => Stage;
}

type SelectorKey = "kind" | "p" | "conn" | "every" | "after" | "peer";
