/**
 * Guesses what somebody meant to type.
 *
 * @module
 */

/**
 * Finds the word that a mistyped one most resembles.
 *
 * @param typed what was typed.
 * @param words what there is.
 * @returns the nearest word, or `undefined` if none is near.
 */
export function suggest(
  typed: string,
  words: readonly string[],
): string | undefined {
  const ranked = words
    .map((word) => ({ word, distance: editDistance(typed, word) }))
    .sort((a, b) => a.distance - b.distance);
  const longer = words.find((word) => word.startsWith(typed));
  const [nearest] = ranked;
  if (nearest && nearest.distance <= Math.ceil(typed.length / 3)) {
    return nearest.word;
  }
  return typed.length > 2 ? longer : undefined;
}

/** Levenshtein's distance: single-letter edits from one word to another. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
