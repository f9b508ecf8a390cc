/**
 * Numbers as people read them.
 *
 * @module
 */

/** A time, with three digits: `87.3 µs`, `1.23 ms`, `2.50 s`. */
export function formatTime(ms: number): string {
  if (ms < 0.9995) return `${(ms * 1000).toPrecision(3)} µs`;
  if (ms < 999.5) return `${ms.toPrecision(3)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A count, with commas: `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number with three decimals, as far as those of a clock mean anything. */
export function toThousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** An amount of bytes, with three digits: `12.3 MB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(amount) : amount.toPrecision(3)} ${
    UNITS[unit]
  }`;
}
