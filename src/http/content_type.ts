/**
 * What an echoed body is called, so that no browser runs it.
 *
 * @module
 */

const UNKNOWN = "application/octet-stream";

// None of these can hold a script, in any browser that heeds `nosniff`.
const HARMLESS = new Set([
  ...["application/json", "application/x-ndjson", "application/cbor"],
  ...["application/msgpack", "application/protobuf", "application/grpc"],
  ...["text/plain", "text/csv"],
  ...["image/png", "image/jpeg", "image/gif", "image/webp"],
]);

/**
 * The content type for the echo of a body.
 *
 * @param claimed the content type that the client gave.
 * @returns the same if it is harmless, without parameters but UTF-8; otherwise
 * `application/octet-stream`.
 */
export function safeContentType(claimed: string | null): string {
  const type = (claimed ?? "").split(";")[0].trim().toLowerCase();
  if (!HARMLESS.has(type)) return UNKNOWN;
  const isUtf8 = /;\s*charset="?utf-8"?\s*(;|$)/i.test(claimed ?? "");
  return isUtf8 ? `${type}; charset=utf-8` : type;
}
