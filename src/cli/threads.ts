/**
 * The server that the settings ask for: on this thread, or on several.
 *
 * @module
 */

import { Decisions } from "../faults/decisions.ts";
import type { Runtime } from "../host.ts";
import { EchoServer } from "../server.ts";
import type { ServerOptions } from "../server_options.ts";
import type { Chance, Crew } from "../workers/crew.ts";
import type { Thread } from "../workers/member.ts";
import type { Settings } from "./flags.ts";
import { requirePermissions, threadPermissions } from "./permissions.ts";

/**
 * Starts a server.
 *
 * @param runtime what it runs on.
 * @param settings how many threads there are to be.
 * @param options where it listens, its limits and who hears of it.
 * @param chance what is left to chance.
 * @param program the URL of the program, which its threads run as well.
 * @returns the server, which accepts connections by now.
 * @throws {OptionError} if the options do not go together, or are not safe.
 * @throws {ListenError} if the system refuses an address.
 * @throws {PermissionError} if Deno may not do what it takes.
 */
export async function startServer(
  runtime: Runtime,
  { workers }: Settings,
  options: ServerOptions,
  chance: Chance,
  program: string,
): Promise<EchoServer | Crew> {
  if (workers === 1) {
    const { seed, ...rest } = chance;
    const decisions = new Decisions(seed, rest);
    return await EchoServer.start(runtime, { ...options, decisions });
  }
  requirePermissions(runtime, threadPermissions(program), "start workers");
  const { Crew } = await import("../workers/crew.ts");
  const spawn = () => new Worker(program, { type: "module" }) as Thread;
  return await Crew.start(runtime, options, { workers, spawn, chance });
}
