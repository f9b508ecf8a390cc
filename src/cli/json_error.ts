/**
 * Finds where a text stops being JSON (RFC 8259).
 *
 * `JSON.parse` remains the parser. It says on Deno where it failed and on Bun
 * it does not, so this walks a text that is known to be broken.
 *
 * @module
 */

// A string may hold neither a bare control character nor an unknown escape.
const STRING =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/u;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const WORD = /true|false|null|[{}[\]:,]/;
const TOKEN = new RegExp(
  [STRING, NUMBER, WORD].map(({ source }) => source).join("|"),
  "uy",
);

const LONGEST_FOUND = 20;

/** Where a text stops being JSON. */
export interface JsonError {
  /** The line, from 1. */
  readonly line: number;
  /** What stands there, fit for an error message. */
  readonly found: string;
}

/**
 * Finds where a text stops being JSON.
 *
 * @param text a text that `JSON.parse` refuses.
 * @returns the line of the first token that does not fit, and that token.
 */
export function findJsonError(text: string): JsonError {
  let at = 0;
  let token = "";

  // Moves to the next token; `""` is the end or something that is none.
  function next(): void {
    at += token.length;
    at += /^[ \t\r\n]*/.exec(text.slice(at))![0].length;
    TOKEN.lastIndex = at;
    token = TOKEN.exec(text)?.[0] ?? "";
  }
  function skip(expected: string): boolean {
    if (token !== expected) return false;
    next();
    return true;
  }
  function members(close: string, member: () => boolean): boolean {
    next();
    if (skip(close)) return true;
    do if (!member()) return false; while (skip(","));
    return skip(close);
  }
  function value(): boolean {
    if (token === "{") {
      return members("}", () => {
        if (!token.startsWith('"')) return false;
        next();
        return skip(":") && value();
      });
    }
    if (token === "[") return members("]", value);
    if (!/^["\-\dtfn]/.test(token)) return false;
    next();
    return true;
  }

  next();
  value();
  const found = token || (/^\S+/.exec(text.slice(at))?.[0] ?? "");
  return {
    line: text.slice(0, at).split("\n").length,
    found: found.slice(0, LONGEST_FOUND) || "end of the file",
  };
}
