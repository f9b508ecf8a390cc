/**
 * Texts that quote what somebody else has sent.
 *
 * @module
 */

/**
 * Makes one line of a text, which may quote line feeds, escape sequences and
 * whatever else a client has sent.
 *
 * @param text the text.
 * @param longest how many characters there may be.
 * @returns the same without control characters, and cut if need be.
 */
export function oneLine(text: string, longest = 200): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
