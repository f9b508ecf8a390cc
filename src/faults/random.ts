/**
 * Chance that can be repeated.
 *
 * @module
 */

/**
 * Draws a number that depends on the seed and the keys alone, so that no
 * decision depends on which other decisions were made before it.
 *
 * @param seed 32 bits.
 * @param keys what the number is for, whole numbers.
 * @returns a number from 0 to 1, but never 1.
 */
export function draw(seed: number, ...keys: readonly number[]): number {
  // Mixed first, or seeds would differ in which connection gets which number.
  let hash = mix(seed | 0);
  for (const key of keys) {
    hash = mix(hash ^ (key | 0));
    hash = mix(hash ^ Math.floor(key / 2 ** 32));
  }
  return (hash >>> 0) / 2 ** 32;
}

// The finalizer of MurmurHash3: every bit of the input moves half of the output.
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A seed that nobody has chosen. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
