/**
 * Sends an event of a Windows console to one program, as Windows does: by a
 * thread that starts in it where all such events arrive. Wine has this place,
 * and no other way to make all of the events. Runs on Bun for Windows:
 * `bun run console_event.ts PID EVENT`.
 *
 * @module
 */

import process from "node:process";

type Types = readonly ("ptr" | "u32" | "u64" | "i32")[];
type Call = (...args: readonly unknown[]) => number;

/** What is used of `bun:ffi`. */
interface Ffi {
  dlopen<Name extends string>(
    library: string,
    symbols: Readonly<Record<Name, { args: Types; returns: Types[number] }>>,
  ): { readonly symbols: Readonly<Record<Name, Call>> };
}

// Deno does not have it, and looks for what is imported by its name.
const FFI = "bun:ffi";
const { dlopen }: Ffi = await import(FFI);

const { symbols: kernel } = dlopen("kernel32.dll", {
  GetModuleHandleA: { args: ["ptr"], returns: "ptr" },
  GetProcAddress: { args: ["ptr", "ptr"], returns: "ptr" },
  OpenProcess: { args: ["u32", "i32", "u32"], returns: "ptr" },
  CreateRemoteThread: {
    args: ["ptr", "ptr", "u64", "ptr", "u64", "u32", "ptr"],
    returns: "ptr",
  },
});

const PROCESS_ALL_ACCESS = 0x1fffff;

function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

const [pid, event] = process.argv.slice(2).map(Number);
const library = kernel.GetModuleHandleA(text("kernelbase.dll"));
const routine = kernel.GetProcAddress(library, text("CtrlRoutine"));
const program = kernel.OpenProcess(PROCESS_ALL_ACCESS, 0, pid);
const thread = program &&
  kernel.CreateRemoteThread(program, null, 0, routine, event, 0, null);
process.exit(thread ? 0 : 1);
