/**
 * Makes a throwaway key and certificate for a TLS server, in memory.
 *
 * The keys are WebCrypto's: both runtimes ship it, so nothing is downloaded,
 * which a single executable on a test bench may not be able to do. Only the
 * certificate's DER encoding (RFC 5280, X.690) is ours.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { ipBytes, isIPv6, withoutZone } from "../ip.ts";
import {
  bitString,
  type Der,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  TRUE,
  utf8String,
} from "./der.ts";

/** A certificate that its own key has signed, and that key. */
export interface SelfSigned {
  /** The certificate, as PEM; it is also the file for clients to trust. */
  readonly cert: string;
  /** The private key, as PEM (PKCS #8). */
  readonly key: string;
  /** SHA-256 of the certificate, `AA:BB:…` as `openssl x509` prints it. */
  readonly fingerprint: string;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const SIGNATURE_ALGORITHM = sequence(oid("1.2.840.10045.4.3.2"));
const NAME = sequence(setOf(sequence(oid("2.5.4.3"), utf8String("echod"))));
const HOUR_MS = 3_600_000;

/**
 * Makes a key (ECDSA on P-256) and a certificate for it (RFC 5280).
 *
 * @param names the host names and IP addresses of the server.
 * @param options the time it is now, and the days of validity, by default 30.
 * @returns the certificate, its key and its fingerprint.
 * @throws {TypeError} if there is no name, or one that no certificate can hold.
 * @throws {RangeError} if the certificate would end in a year above 9999.
 */
export async function makeSelfSigned(
  names: readonly string[],
  options: { readonly now?: Date; readonly days?: number } = {},
): Promise<SelfSigned> {
  const { now = new Date(), days = 30 } = options;
  const altNames = encodeNames(names);
  // Clients may have a clock that is slow.
  const from = new Date(now.getTime() - HOUR_MS);
  const to = new Date(now.getTime() + days * 24 * HOUR_MS);
  const keys = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const publicKey = await toDer("spki", keys.publicKey);
  const tbs = sequence(
    explicit(0, integer([2])),
    integer(randomSerial()),
    SIGNATURE_ALGORITHM,
    NAME,
    sequence(time(from), time(to)),
    NAME,
    publicKey,
    explicit(3, extensions(altNames, await sha256(publicKey))),
  );
  const signature = bitString(await sign(keys.privateKey, tbs));
  const cert = sequence(tbs, SIGNATURE_ALGORITHM, signature);
  return {
    cert: toPem("CERTIFICATE", cert),
    key: toPem("PRIVATE KEY", await toDer("pkcs8", keys.privateKey)),
    fingerprint: await fingerprintOf(cert),
  };
}

// Positive, and of one length whatever is drawn (RFC 5280, 4.1.2.2).
function randomSerial(): Der {
  const serial = crypto.getRandomValues(new Uint8Array(16));
  serial[0] = serial[0] & 0x7f | 0x40;
  return serial;
}

/**
 * The extensions of a server's certificate (RFC 5280, 4.2.1): basicConstraints,
 * keyUsage, extendedKeyUsage, subjectAltName and the identifiers of the
 * subject's and the authority's key, here the same (RFC 7093, 2).
 */
function extensions(altNames: Der, keyId: Der): Der {
  return sequence(
    // Not a CA: rustls, and so Deno, would refuse it as a server's.
    extension("2.5.29.19", sequence(), true),
    extension("2.5.29.15", bitString([0x80], 7), true),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", altNames),
    // By these OpenSSL tells the certificates of many echods apart.
    extension("2.5.29.14", octetString(keyId)),
    extension("2.5.29.35", sequence(implicit(0, keyId))),
  );
}

function extension(id: string, value: Der, isCritical = false): Der {
  return sequence(oid(id), ...isCritical ? [TRUE] : [], octetString(value));
}

/** The subjectAltName of names, each once (RFC 5280, 4.2.1.6). */
function encodeNames(names: readonly string[]): Der {
  const unique = new Map(names.map(encodeName).map((it) => [`${it}`, it]));
  if (unique.size > 0) return sequence(...unique.values());
  throw new TypeError("Cannot certify no name");
}

function encodeName(name: string): Der {
  const host = isIPv6(name) ? withoutZone(name) : toHost(name);
  const bytes = ipBytes(host);
  return bytes
    ? implicit(7, bytes)
    : implicit(2, new TextEncoder().encode(host));
}

// What is left of a name in a URL is not always what stood there.
const NOT_IN_NAME = /[\s:/?#@[\]\\%]/;
const HOST_NAME = /^(\*\.)?((?!-)[\w-]{1,63}(?<!-)(\.(?!$)|$))+$/;

/** A name as URLs write it: in lower case and Punycode. */
function toHost(name: string): string {
  const url = NOT_IN_NAME.test(name) ? null : URL.parse(`http://${name}`);
  const host = url?.hostname.replace(/\.$/, "") ?? "";
  if (HOST_NAME.test(host)) return host;
  throw new TypeError(
    `Cannot certify "${name}": expected a host name or an IP address`,
  );
}

/** Signs as X.509 does: DER of both numbers (RFC 3279, 2.2.3). */
async function sign(key: CryptoKey, data: Der): Promise<Der> {
  const bytes = new Uint8Array(await crypto.subtle.sign(SIGNATURE, key, data));
  return sequence(integer(bytes.slice(0, 32)), integer(bytes.slice(32)));
}

async function toDer(format: "spki" | "pkcs8", key: CryptoKey): Promise<Der> {
  return new Uint8Array(await crypto.subtle.exportKey(format, key));
}

async function sha256(data: Der): Promise<Der> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

async function fingerprintOf(cert: Der): Promise<string> {
  const hex = Buffer.from(await sha256(cert)).toString("hex");
  return hex.toUpperCase().replace(/..(?=.)/g, "$&:");
}

function toPem(label: string, der: Der): string {
  const lines = Buffer.from(der).toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}
