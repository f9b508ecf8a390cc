/**
 * The one table of settings. The parser, `--help`, the environment variables,
 * the keys of the configuration file and the README's table come out of it.
 *
 * @module
 */

import { formatFault, parseFault } from "../faults/grammar.ts";
import { formatListenUrl, parseListenUrl, readHost } from "../listen_url.ts";
import { readTrusted } from "../arrival.ts";
import {
  choiceOf,
  readCount,
  readDuration,
  readMode,
  readPort,
  readSeed,
  readSize,
  readSwitch,
  readText,
} from "../units.ts";

/** One setting. */
export interface Flag<T> {
  /** One letter, for `-p`. */
  readonly short?: string;
  /** What its value is called in the help; absent for a switch. */
  readonly value?: string;
  /** Reads one value from text. */
  readonly read: (text: string) => T;
  /** Writes one value as text, where `String` does not. */
  show?(value: T): string;
  /** What holds if nobody sets it, as text; without it, nothing does. */
  readonly default?: string;
  /** Whether it may be given many times, and collects. */
  readonly repeatable?: true;
  /** What separates many in a variable; a comma unless it says otherwise. */
  readonly separator?: string;
  /** Whether it is a matter of the command line alone. */
  readonly commandLineOnly?: true;
  /** One line for the help. */
  readonly help: string;
}

/** All settings, by their key in the configuration file. */
export const FLAGS = {
  port: {
    short: "p",
    value: "PORT",
    read: readPort,
    default: "8080",
    help: "port of the default TCP listener; 0: any free port",
  },
  host: {
    value: "HOST",
    read: readHost,
    default: "0.0.0.0",
    help: "its address",
  },
  listen: {
    short: "l",
    value: "URL",
    read: parseListenUrl,
    show: formatListenUrl,
    repeatable: true,
    help: "listen here instead, repeatable: tcp://[::1]:7, tls:, udp:, unix:",
  },
  cert: {
    value: "FILE",
    read: readText,
    help: "the certificate of tls:// listeners, as PEM",
  },
  key: {
    value: "FILE",
    read: readText,
    help: "its private key, as PEM",
  },
  selfSigned: {
    read: readSwitch,
    help: "make a throwaway certificate for tls:// listeners instead",
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
    help: "application protocol to agree on, repeatable, the best first",
  },
  handshakeTimeout: {
    value: "DURATION",
    read: readDuration,
    show: (ms: number) => `${ms}ms`,
    default: "10s",
    help: "drop who takes longer for TLS or a PROXY header; 0: never",
  },
  unixMode: {
    value: "MODE",
    read: readMode,
    show: (mode: number) => mode.toString(8).padStart(4, "0"),
    help: "mode of socket files, such as 0660; without it, umask decides",
  },
  udpRate: {
    value: "N",
    read: readCount,
    default: "1000",
    help: "datagrams a second answered for each IP address; 0: no limit",
  },
  udpReceiveBuffer: {
    value: "SIZE",
    read: readSize,
    help: "the kernel's receive buffer of udp:// (SO_RCVBUF), on Bun",
  },
  allowPublicUdp: {
    read: readSwitch,
    help: "let udp:// answer others than this machine",
  },
  proxyProtocol: {
    value: "MODE",
    read: choiceOf("off", "optional", "require"),
    default: "off",
    help: "off, optional or require: read PROXY headers, v1 and v2",
  },
  trustedProxy: {
    value: "CIDR",
    read: readTrusted,
    repeatable: true,
    help: "from whom, repeatable: 10.0.0.0/8, 127.0.0.1, unix",
  },
  maxConnections: {
    value: "N",
    read: readCount,
    default: "10000",
    help: "connections at once; 0: no limit",
  },
  maxConnectionsPerIp: {
    value: "N",
    read: readCount,
    default: "0",
    help: "the same from one IP address; 0: no limit",
  },
  idleTimeout: {
    value: "DURATION",
    read: readDuration,
    show: (ms: number) => `${ms}ms`,
    default: "5m",
    help: "end a connection without traffic; 0: never",
  },
  writeTimeout: {
    value: "DURATION",
    read: readDuration,
    show: (ms: number) => `${ms}ms`,
    default: "30s",
    help: "drop a client that does not read; 0: never",
  },
  maxLifetime: {
    value: "DURATION",
    read: readDuration,
    show: (ms: number) => `${ms}ms`,
    default: "0",
    help: "end a connection after this time; 0: never",
  },
  maxBytes: {
    value: "SIZE",
    read: readSize,
    default: "0",
    help: "end a connection after echoing this much; 0: never",
  },
  shutdownTimeout: {
    value: "DURATION",
    read: readDuration,
    show: (ms: number) => `${ms}ms`,
    default: "10s",
    help: "time to finish after Ctrl+C or SIGTERM; 0: none",
  },
  fault: {
    value: "SPEC",
    read: parseFault,
    show: formatFault,
    repeatable: true,
    separator: ";",
    help: "misbehave on purpose, repeatable: latency:ms=100, reset_peer:p=0.1",
  },
  seed: {
    value: "N",
    read: readSeed,
    help: "repeat what faults leave to chance; without it, it is drawn",
  },
  faultLog: {
    value: "FILE",
    read: readText,
    help: "write what chance decided here, as JSON lines",
  },
  faultReplay: {
    value: "FILE",
    read: readText,
    help: "take faults, seed and decisions from such a file",
  },
  config: {
    value: "FILE",
    read: readText,
    help: "read settings from a JSON file; variables and flags win over it",
  },
  readyFile: {
    value: "FILE",
    read: readText,
    help: "write pid and URLs here, as JSON, once listening",
  },
  check: {
    read: readSwitch,
    commandLineOnly: true,
    help: "print the settings and the permissions they need, then exit",
  },
  logLevel: {
    value: "LEVEL",
    read: choiceOf("debug", "info", "warn", "error"),
    default: "info",
    help: "debug, info, warn or error",
  },
  logFormat: {
    value: "FORMAT",
    read: choiceOf("text", "json"),
    default: "text",
    help: "text or json, one record a line on standard error",
  },
  quiet: {
    short: "q",
    read: readSwitch,
    help: "log errors alone",
  },
  help: {
    short: "h",
    read: readSwitch,
    commandLineOnly: true,
    help: "print this help, then exit",
  },
  version: {
    short: "V",
    read: readSwitch,
    commandLineOnly: true,
    help: "print the version, then exit",
  },
} as const satisfies Record<string, Flag<unknown>>;

/** The key of a setting, as in the configuration file. */
export type Key = keyof typeof FLAGS;

type Read<K extends Key> = ReturnType<typeof FLAGS[K]["read"]>;

/** A setting's value: a list, a switch, or one value that may be absent. */
type Value<K extends Key> = typeof FLAGS[K] extends { repeatable: true }
  ? readonly Read<K>[]
  : typeof FLAGS[K] extends { default: string } ? Read<K>
  : typeof FLAGS[K] extends { value: string } ? Read<K> | undefined
  : boolean;

/** The values of all settings. */
export type Settings = { readonly [K in Key]: Value<K> };

/** All settings, in the order of the help. */
export const KEYS = Object.keys(FLAGS) as readonly Key[];

/** A setting's description, without its own type. */
export function flagOf(key: Key): Flag<unknown> {
  return FLAGS[key];
}

/** Whether a setting is a switch, which takes no value on the command line. */
export function isSwitch(key: Key): boolean {
  return flagOf(key).value === undefined;
}

/** The long flag of a setting: `idleTimeout` is `--idle-timeout`. */
export function flagName(key: Key): string {
  return "--" + words(key).join("-");
}

/** The variable of a setting: `idleTimeout` is `ECHOD_IDLE_TIMEOUT`. */
export function variableName(key: Key): string {
  return ["echod", ...words(key)].join("_").toUpperCase();
}

function words(key: Key): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
