/**
 * What a run has run on.
 *
 * @module
 */

import { bunCommand, outputOf } from "../targets.ts";

/** Processor, system and versions, as one line. */
export async function describeMachine(): Promise<string> {
  const cpus = await Deno.readTextFile("/proc/cpuinfo");
  const model = /^model name\s*:\s*(.*)$/m.exec(cpus)?.[1] ?? Deno.build.arch;
  const cores = navigator.hardwareConcurrency;
  const kernel = /^\d+\.\d+/.exec(Deno.osRelease())?.[0];
  const bun = await outputOf(bunCommand.command[0], ["--version"]);
  const control = "/proc/sys/net/ipv4/tcp_congestion_control";
  // It decides how bulk data flows, even where nothing is ever congested.
  const tcp = (await Deno.readTextFile(control)).trim();
  return `${model}, ${cores} cores, Linux ${kernel} (${tcp}), ` +
    `Deno ${Deno.version.deno}, Bun ${bun}`;
}
