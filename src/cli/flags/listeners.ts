/**
 * Settings: where echod listens, and to whom.
 *
 * @module
 */

import { readTrusted } from "../../arrival.ts";
import {
  formatListenUrl,
  parseListenUrl,
  PORT_SCHEMES,
  readHost,
} from "../../listen_url.ts";
import {
  readCount,
  readMode,
  readPort,
  readSize,
  readSwitch,
  readWorkers,
} from "../../units.ts";
import { type FlagTable, oneOf } from "./flag.ts";

/** Settings: where echod listens, and to whom. */
export const LISTENER_FLAGS = {
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
    offers: [...PORT_SCHEMES.map((scheme) => `${scheme}://127.0.0.1:`), "unix:"]
      .map((text) => ({ text })),
    repeatable: true,
    help: "listen here instead, repeatable: tcp://[::1]:7, http:, tls:, udp:",
  },
  workers: {
    value: "N",
    read: readWorkers,
    default: "1",
    help: "echo on N threads that share the ports; auto: one for each core",
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
    ...oneOf("off", "optional", "require"),
    default: "off",
    help: "off, optional or require: read PROXY headers, v1 and v2",
  },
  trustedProxy: {
    value: "CIDR",
    read: readTrusted,
    repeatable: true,
    help: "from whom, repeatable: 10.0.0.0/8, 127.0.0.1, unix",
  },
} as const satisfies FlagTable;
