/**
 * Who may ask the status server.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { isIPv4, isIPv6 } from "../ip.ts";
import { HttpError, urlOf } from "./answers.ts";

// Chrome does not look for Basic behind another challenge of the same line.
const CHALLENGES = ["Basic", "Bearer"].map((scheme): [string, string] => [
  "www-authenticate",
  `${scheme} realm="echod"`,
]);

/** Lets in those who may ask. */
export class Guard {
  #expected?: Uint8Array;

  /** @param token what clients have to give; without it, nothing. */
  constructor(token: string | undefined) {
    if (token !== undefined) this.#expected = digest(token);
  }

  /** Whether there is a token. */
  get hasToken(): boolean {
    return this.#expected !== undefined;
  }

  /**
   * Refuses requests to host names that are not this machine's own, where there
   * is no token: a web page whose name is made to resolve to 127.0.0.1 could
   * read what only this machine is told (DNS rebinding).
   *
   * @throws {HttpError} with 403 if the request is one.
   */
  checkHost(request: Request): void {
    if (this.hasToken) return;
    const host = request.headers.get("host") || urlOf(request)?.host || "";
    if (isOwnHost(host)) return;
    throw new HttpError(
      403,
      `Cannot answer for host "${
        host.slice(0, 100)
      }": expected an IP address ` +
        "or localhost, since any web page could use another name (DNS " +
        "rebinding); start with --status-token to allow all names",
    );
  }

  /**
   * Refuses requests without the token, if there is one.
   *
   * @throws {HttpError} with 401 if the request has not got it.
   */
  checkToken(request: Request): void {
    if (!this.#expected) return;
    const given = tokenOf(request.headers.get("authorization") ?? "");
    if (given !== undefined && timingSafeEqual(digest(given), this.#expected)) {
      return;
    }
    throw new HttpError(
      401,
      `Cannot answer ${given === undefined ? "without a" : "with this"} ` +
        "token: expected that of --status-token, as Authorization: Bearer " +
        "TOKEN or as the password of Basic",
      CHALLENGES,
    );
  }
}

// Digests are of one length, which does not tell that of the token.
function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

// Basic is what browsers ask their users for (RFC 7617).
function tokenOf(authorization: string): string | undefined {
  const [, scheme, value] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  switch (scheme?.toLowerCase()) {
    case "bearer":
      return value;
    case "basic":
      return passwordOf(value);
  }
}

function passwordOf(credentials: string): string | undefined {
  try {
    return /^[^:]*:(.*)$/s.exec(atob(credentials))?.[1];
  } catch {
    // It is not base64.
    return undefined;
  }
}

function isOwnHost(host: string): boolean {
  const [, ip6, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  if (ip6 !== undefined) return isIPv6(ip6);
  return isIPv4(name ?? "") || /^(?:[^.]+\.)*localhost$/i.test(name ?? "");
}
