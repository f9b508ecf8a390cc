/**
 * What kills a worker of `mortal_echod.ts`.
 *
 * @module
 */

/** How many bytes a client sends in all for its worker to end in that way. */
export const DEADLY = {
  /** An error that nobody catches. */
  throw: 1301,
  /** A promise that nobody looks after. */
  reject: 1302,
  /** It never does anything else again. */
  hang: 1303,
} as const;
