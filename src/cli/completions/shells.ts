/**
 * The shells that echod completes its command line in.
 *
 * @module
 */

import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import type { Program } from "./program.ts";
import { zshScript } from "./zsh.ts";

/** What makes a shell's script, by the name of the shell. */
export const SHELLS = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
} as const satisfies Record<string, (program: Program) => string>;

/** The name of a shell. */
export type Shell = keyof typeof SHELLS;

/** The names of all shells. */
export const SHELL_NAMES = Object.keys(SHELLS) as readonly Shell[];
