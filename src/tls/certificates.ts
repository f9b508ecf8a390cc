/**
 * Certificates and keys as PEM: read, checked, or made for this run alone.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { errorText, OptionError } from "../errors.ts";
import { makeSelfSigned, type SelfSigned } from "./self_signed.ts";
import type { Describe, TlsChoice, TlsSetup } from "./setup.ts";

/**
 * Makes a certificate for this machine's names.
 *
 * @param hosts where the server will listen.
 * @throws {OptionError} if it cannot be made.
 */
export async function makeFor(hosts: readonly string[]): Promise<SelfSigned> {
  try {
    return await makeSelfSigned([...LOOPBACK, ...hosts.filter(isName)]);
  } catch (error) {
    throw new OptionError(errorText(error), { cause: error });
  }
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

// All addresses of a machine are no name that a client could ask for.
function isName(hostname: string): boolean {
  return hostname !== "0.0.0.0" && hostname !== "::";
}

/**
 * Reads a certificate and its key.
 *
 * @param choice both, as PEM.
 * @param describe what errors call them.
 * @throws {OptionError} if one cannot be read, or they do not belong to each
 * other.
 */
export function readOwn(
  { cert: certFile = "", key: keyFile = "" }: TlsChoice,
  describe: Describe,
): Pick<TlsSetup, "cert" | "key" | "fingerprint" | "warning"> {
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
  return { cert, key, fingerprint, warning };
}

const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY =
  /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[^-]+-----END ([A-Z]+ )?PRIVATE KEY-----/;

/**
 * Reads the first certificate of a text.
 *
 * @param pem the text.
 * @param name what errors call it.
 * @throws {OptionError} if there is none, or it is damaged.
 */
export function readCertificate(pem: string, name: string): X509Certificate {
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
