/**
 * Settings: the program itself.
 *
 * @module
 */

import { readSwitch, readText } from "../../units.ts";
import { COMMON_FLAGS } from "./common.ts";
import { type FlagTable, oneOf } from "./flag.ts";

/** Settings: the program itself. */
export const PROGRAM_FLAGS = {
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
    ...oneOf("debug", "info", "warn", "error"),
    default: "info",
    help: "debug, info, warn or error",
  },
  logFormat: {
    value: "FORMAT",
    ...oneOf("text", "json"),
    default: "text",
    help: "text or json, one record a line on standard error",
  },
  quiet: {
    short: "q",
    read: readSwitch,
    help: "log errors alone",
  },
  ...COMMON_FLAGS,
} as const satisfies FlagTable;
