/**
 * The systems that executables are made for.
 *
 * @module
 */

import { CommandError } from "./run.ts";

/** A system, and what each compiler calls it. */
export interface Target {
  /** As in the names of the executables, such as `windows-x64`. */
  readonly name: string;
  /** The triple of `deno compile --target`. */
  readonly deno: string;
  /** The value of `bun build --target`. */
  readonly bun: string;
  /** What its programs' names end with. */
  readonly suffix: "" | ".exe";
}

/** All systems that are released. */
export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    deno: "x86_64-unknown-linux-gnu",
    bun: "bun-linux-x64",
    suffix: "",
  },
  {
    name: "linux-arm64",
    deno: "aarch64-unknown-linux-gnu",
    bun: "bun-linux-arm64",
    suffix: "",
  },
  {
    name: "windows-x64",
    deno: "x86_64-pc-windows-msvc",
    bun: "bun-windows-x64",
    suffix: ".exe",
  },
  {
    name: "macos-x64",
    deno: "x86_64-apple-darwin",
    bun: "bun-darwin-x64",
    suffix: "",
  },
  {
    name: "macos-arm64",
    deno: "aarch64-apple-darwin",
    bun: "bun-darwin-arm64",
    suffix: "",
  },
];

/** The target with a name, such as `linux-x64`. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((target) => target.name === name);
  if (target) return target;
  const names = TARGETS.map(({ name }) => name).join(", ");
  throw new CommandError(`Cannot build for "${name}": expected all, ${names}`);
}

/** The target that this machine is. */
export function hostTarget(): Target {
  const target = TARGETS.find(({ deno }) => deno === Deno.build.target);
  if (target) return target;
  throw new CommandError(`Cannot build for this machine, ${Deno.build.target}`);
}

/** Whether a target is a Windows. */
export function isWindows({ suffix }: Target): boolean {
  return suffix === ".exe";
}
