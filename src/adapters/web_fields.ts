/**
 * The fields of HTTP messages.
 *
 * @module
 */

/** The members of a list such as `chat, superchat` (RFC 9110, section 5.6.1). */
export function listField(value: string | null): string[] {
  return (value ?? "").split(",").map((item) => item.trim()).filter(Boolean);
}
