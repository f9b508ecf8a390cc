/**
 * Settings: HTTP and the status server.
 *
 * @module
 */

import { formatHost, readHostPort } from "../../listen_url.ts";
import { readSize, readSomeBytes, readSwitch, readText } from "../../units.ts";
import type { FlagTable } from "./flag.ts";

/** Settings: HTTP and the status server. */
export const HTTP_FLAGS = {
  httpText: {
    value: "TEXT",
    read: readText,
    help: "answer every HTTP request with this text, instead of echoing it",
  },
  showSecrets: {
    read: readSwitch,
    help: "show Authorization, Cookie and the like to the client as well",
  },
  maxBody: {
    value: "SIZE",
    read: readSize,
    default: "0",
    help: "refuse longer bodies of HTTP requests; 0: take any",
  },
  maxMessage: {
    value: "SIZE",
    read: readSomeBytes,
    default: "16MiB",
    help: "close a WebSocket that sends a longer message",
  },
  status: {
    value: "HOST:PORT",
    read: readHostPort,
    show: formatHost,
    help: "serve the status page, health, JSON and Prometheus metrics here",
  },
  statusToken: {
    value: "TOKEN",
    read: readText,
    isSecret: true,
    help: "ask for this bearer token there, except for /health",
  },
} as const satisfies FlagTable;
