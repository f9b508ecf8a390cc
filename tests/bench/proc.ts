/**
 * What Linux tells about processes.
 *
 * @module
 */

/** A tick of `/proc`, whatever the kernel has. */
export const MICROS_PER_TICK = 10_000;

const CLOCK = {
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const;

const libc = openLibc();

/** Reads a file of `/proc`; nothing if its process has just ended. */
export function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch {
    return "";
  }
}

/** The fields of a process, from its state on. */
export function statOf(pid: number): string[] {
  const stat = readProc(`${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/**
 * User and system time of a process so far, threads that have ended included,
 * in microseconds; none if it has just ended.
 */
export function cpuMicrosOf(pid: number): number {
  if (!libc) return ticksOf(pid) * MICROS_PER_TICK;
  const time = new BigInt64Array(2);
  // The clock of another process, as clock_getcpuclockid(3) makes it: ticks are
  // too coarse for a process that runs for a fraction of a second.
  const clock = ~pid << 3 | 2;
  const bytes = new Uint8Array(time.buffer);
  if (libc.symbols.clock_gettime(clock, bytes) !== 0) return 0;
  return Number(time[0]) * 1e6 + Number(time[1]) / 1e3;
}

function ticksOf(pid: number): number {
  const [user, system] = statOf(pid).slice(11, 13).map(Number);
  return user + system || 0;
}

function openLibc(): Deno.DynamicLibrary<typeof CLOCK> | null {
  try {
    return Deno.dlopen("libc.so.6", CLOCK);
  } catch {
    // Not every Linux has this one.
    return null;
  }
}
