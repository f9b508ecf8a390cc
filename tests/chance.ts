/**
 * What the suites leave to chance that can be repeated.
 *
 * @module
 */

/** Some of everything that is left to chance, on some of the connections. */
export const FAULTS: readonly string[] = [
  "corrupt:rate=0.05,p=0.7",
  "latency:ms=3,jitter=3,after=5",
  "limit_data:bytes=300,p=0.4",
  "refuse:p=0.2",
].flatMap((fault) => ["--fault", fault]);

/** The same bytes every time. */
export function sameBytes(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => i * 31 + (i >> 8));
}
