/**
 * Settings: TLS.
 *
 * @module
 */

import { readSwitch, readText } from "../../units.ts";
import { DURATION, type FlagTable } from "./flag.ts";

/** Settings: TLS. */
export const TLS_FLAGS = {
  cert: {
    value: "FILE",
    read: readText,
    help: "the certificate of tls:// and https://, as PEM",
  },
  key: {
    value: "FILE",
    read: readText,
    help: "its private key, as PEM",
  },
  selfSigned: {
    read: readSwitch,
    help: "make a throwaway certificate for them instead",
  },
  certOut: {
    value: "FILE",
    read: readText,
    help: "write the certificate here, for clients to trust",
  },
  clientCa: {
    value: "FILE",
    read: readText,
    help: "ask clients for a certificate that this one, as PEM, vouches for",
  },
  alpn: {
    value: "NAME",
    read: readText,
    repeatable: true,
    help: "application protocol of tls://, repeatable, the best first",
  },
  handshakeTimeout: {
    ...DURATION,
    default: "10s",
    help: "drop who is slower with TLS, a PROXY or HTTP header; 0: never",
  },
} as const satisfies FlagTable;
