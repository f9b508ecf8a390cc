/**
 * Settings: what goes with every command.
 *
 * @module
 */

import { readSwitch } from "../../units.ts";
import type { FlagTable } from "./flag.ts";

/** Settings: what goes with every command. */
export const COMMON_FLAGS = {
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
} as const satisfies FlagTable;
