/**
 * The certificate and key of listeners for TLS, checked before they are used.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import type { Addr, TlsOptions } from "../net.ts";

/**
 * What a user says of TLS; certificates and keys as PEM.
 *
 * @example A certificate for this run alone
 * ```ts
 * import { serveEcho, type TlsChoice } from "@echod/echod";
 *
 * const choice: TlsChoice = { selfSigned: true, alpn: ["echo"] };
 * await using server = await serveEcho({ listen: "tls://[::1]:0", ...choice });
 * console.log(server.certificate); // -----BEGIN CERTIFICATE----- …
 * ```
 */
export interface TlsChoice {
  /** The server's certificate, followed by those up to its root if need be. */
  readonly cert?: string;
  /** The private key of the certificate. */
  readonly key?: string;
  /** Whether to make a throwaway certificate instead. */
  readonly selfSigned?: boolean;
  /** Those who vouch for clients, which then have to show a certificate. */
  readonly clientCa?: string;
  /** Application protocols to agree on, the best first (ALPN, RFC 7301). */
  readonly alpn?: readonly string[];
}

/** What listeners for TLS need, checked. */
export interface TlsSetup extends TlsOptions {
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint` prints it. */
  readonly fingerprint: string;
  /** What the certificate's user should know, if anything. */
  readonly warning?: string;
}

/** What errors call a part of a choice, such as `--cert server.pem`. */
export type Describe = (part: keyof TlsChoice) => string;

/**
 * Checks a choice, and makes a certificate if one is to be made.
 *
 * @param choice what the user says.
 * @param listen where the server will listen.
 * @param describe what errors call the parts of the choice.
 * @returns what listeners for TLS need; `undefined` if there will be none.
 * @throws {OptionError} if the parts do not go together, a certificate or key
 * cannot be read, or they do not belong to each other.
 */
export async function setUpTls(
  choice: TlsChoice,
  listen: readonly Addr[],
  describe: Describe,
): Promise<TlsSetup | undefined> {
  checkTlsChoice(choice, listen, describe);
  const names = secureHosts(listen);
  if (names.length === 0) return undefined;
  const { clientCa, alpn = [] } = choice;
  checkAlpn(alpn, describe("alpn"));
  // What reads certificates takes long to load, and most servers need none.
  const { makeFor, readCertificate, readOwn } = await import(
    "./certificates.ts"
  );
  if (clientCa !== undefined) readCertificate(clientCa, describe("clientCa"));
  const own = choice.selfSigned
    ? await makeFor(names)
    : readOwn(choice, describe);
  return { ...own, clientCa, alpn };
}

/**
 * Checks what can be told of a choice without a look at certificates and keys.
 *
 * @param choice what the user says.
 * @param listen where the server will listen.
 * @param describe what errors call the parts of the choice.
 * @throws {OptionError} if the parts do not go together.
 */
export function checkTlsChoice(
  choice: TlsChoice,
  listen: readonly Addr[],
  describe: Describe,
): void {
  const isUsed = secureHosts(listen).length > 0;
  checkTogether(choice, isUsed, describe);
  const isTls = listen.some(({ transport }) => transport === "tls");
  if (!isUsed || isTls || !isGiven(choice.alpn)) return;
  throw new OptionError(
    `Cannot use ${describe("alpn")} with https:// alone: ` +
      "it offers the versions of HTTP that there are",
  );
}

// The hosts of listeners for TLS.
function secureHosts(listen: readonly Addr[]): readonly string[] {
  return listen.flatMap((addr) =>
    addr.transport === "tls" || addr.transport === "https"
      ? [addr.hostname]
      : []
  );
}

function checkTogether(
  choice: TlsChoice,
  isUsed: boolean,
  describe: Describe,
): void {
  const { selfSigned } = choice;
  if (!isUsed) {
    const parts = ["cert", "key", "selfSigned", "clientCa", "alpn"] as const;
    const given = parts.find((part) => isGiven(choice[part]));
    if (given) throw withoutTls(describe(given));
    return;
  }
  const own = (["cert", "key"] as const).filter((part) =>
    isGiven(choice[part])
  );
  if (selfSigned && own.length > 0) {
    throw new OptionError(
      `Cannot use ${describe("selfSigned")} together with ` +
        `${describe(own[0])}: it makes a certificate of its own`,
    );
  }
  if (selfSigned || own.length === 2) return;
  if (own.length === 1) {
    const missing = own[0] === "cert" ? "key" : "cert";
    throw new OptionError(
      `Cannot use ${describe(own[0])} without ${describe(missing)}: ` +
        "a certificate and its key go together",
    );
  }
  throw new OptionError(
    "Cannot listen for TLS without a certificate: use " +
      `${describe("cert")} and ${describe("key")}, or ` +
      describe("selfSigned"),
  );
}

function isGiven(value: TlsChoice[keyof TlsChoice]): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== false;
}

/** What to say of a setting that nothing would come of. */
export function withoutTls(name: string): OptionError {
  return new OptionError(
    `Cannot use ${name} without TLS: ` +
      "listen on tls://HOST:PORT or https://HOST:PORT, such as " +
      "tls://127.0.0.1:7443",
  );
}

function checkAlpn(names: readonly string[], name: string): void {
  for (const protocol of names) {
    const { length } = new TextEncoder().encode(protocol);
    if (length > 0 && length < 256) continue;
    throw new OptionError(
      `Cannot use ${name} "${protocol}": expected 1 to 255 bytes`,
    );
  }
}
