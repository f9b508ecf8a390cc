/**
 * The certificate and key of listeners for TLS, checked before they are used.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { errorText, OptionError } from "../errors.ts";
import type { Addr, TlsOptions } from "../net.ts";
import { makeSelfSigned, type SelfSigned } from "./self_signed.ts";

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
  if (clientCa !== undefined) readCertificate(clientCa, describe("clientCa"));
  if (choice.selfSigned) {
    return { ...await makeFor(names.filter(isName)), clientCa, alpn };
  }
  const { cert: certFile = "", key: keyFile = "" } = choice;
  const certificate = readCertificate(certFile, describe("cert"));
  const key = findKey(keyFile, describe("key"));
  const readKey = () => createPrivateKey(key);
  const parsed = parse(describe("key"), "private key", readKey);
  if (!certificate.checkPrivateKey(parsed)) {
    throw new OptionError(
      `Cannot use ${describe("key")}: it is not the key of ${describe("cert")}`,
    );
  }
  const { fingerprint256: fingerprint } = certificate;
  const warning = warnOfValidity(certificate, describe("cert"));
  // A file may hold the key as well, which clients are not to be given.
  const cert = certFile.match(CERTIFICATES)!.join("\n") + "\n";
  return { cert, key, clientCa, alpn, fingerprint, warning };
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

async function makeFor(names: readonly string[]): Promise<SelfSigned> {
  try {
    return await makeSelfSigned([...LOOPBACK, ...names]);
  } catch (error) {
    throw new OptionError(errorText(error), { cause: error });
  }
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

// All addresses of a machine are no name that a client could ask for.
function isName(hostname: string): boolean {
  return hostname !== "0.0.0.0" && hostname !== "::";
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

const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY =
  /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[^-]+-----END ([A-Z]+ )?PRIVATE KEY-----/;

function readCertificate(pem: string, name: string): X509Certificate {
  const block = pem.match(CERTIFICATES)?.[0];
  if (block === undefined) {
    throw new OptionError(
      `Cannot use ${name}: expected a certificate as PEM, ` +
        "which begins with -----BEGIN CERTIFICATE-----",
    );
  }
  return parse(name, "certificate", () => new X509Certificate(block));
}

function findKey(pem: string, name: string): string {
  if (pem.includes("ENCRYPTED")) {
    throw new OptionError(
      `Cannot use ${name}: it is encrypted, and nobody is asked for a ` +
        "password; decrypt it with openssl pkey",
    );
  }
  // Others may stand beside it, such as the parameters of a curve.
  const block = PRIVATE_KEY.exec(pem)?.[0];
  if (block !== undefined) return block;
  throw new OptionError(
    `Cannot use ${name}: expected a private key as PEM, ` +
      "which begins with -----BEGIN PRIVATE KEY-----",
  );
}

function parse<T>(name: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OptionError(
      `Cannot use ${name}: the ${what} is damaged (${errorText(error)})`,
      { cause: error },
    );
  }
}

function warnOfValidity(
  { validFrom, validTo }: X509Certificate,
  name: string,
): string | undefined {
  const now = Date.now();
  const clients = "clients that check it will refuse it";
  if (now > Date.parse(validTo)) {
    return `The certificate of ${name} expired on ${validTo}: ${clients}`;
  }
  if (now < Date.parse(validFrom)) {
    return `The certificate of ${name} is not valid before ${validFrom}: ` +
      clients;
  }
  return undefined;
}
