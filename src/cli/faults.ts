/**
 * The faults that the command line asks for, and their log.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { FaultLogFile, readFaultLog } from "../faults/decisions.ts";
import { randomSeed } from "../faults/random.ts";
import type { Fault } from "../faults/types.ts";
import type { Runtime } from "../host.ts";
import type { Chance } from "../workers/crew.ts";
import { withFile } from "./files.ts";
import { flagName, type Settings } from "./flags.ts";
import type { Log } from "./log.ts";
import { requirePermissions } from "./permissions.ts";

/** What a server needs to know of faults. */
export interface FaultSetup {
  /** The faults, in order. */
  readonly faults: readonly Fault[];
  /** What is left to chance. */
  readonly chance: Chance;
  /** Closes the log, if there is one. */
  readonly close: () => void;
}

/**
 * Makes faults of settings, and opens the log.
 *
 * @param runtime whose permissions are asked for.
 * @param settings the settings.
 * @param log where trouble with the fault log is told.
 * @returns the faults.
 * @throws {OptionError} if the settings do not go together, or a file cannot be
 * used.
 * @throws {PermissionError} if a file may not be used.
 */
export function setUpFaults(
  runtime: Runtime,
  settings: Settings,
  log: Log,
): FaultSetup {
  const { fault, seed = randomSeed(), faultLog, faultReplay } = settings;
  if (faultReplay !== undefined) return replay(runtime, settings, faultReplay);
  if (faultLog === undefined) {
    return { faults: fault, chance: { seed }, close: () => {} };
  }
  const purpose = `write ${flagName("faultLog")} ${faultLog}`;
  requirePermissions(runtime, [{ kind: "write", path: faultLog }], purpose);
  const onError = (error: unknown) => {
    const message = `Cannot ${purpose}: ${errorText(error)}; it ends`;
    log.record({ event: "error", message });
  };
  const file = withFile(
    purpose,
    () => new FaultLogFile(faultLog, { seed, faults: fault }, onError),
  );
  const chance = { seed, log: file };
  return { faults: fault, chance, close: () => file.close() };
}

function replay(
  runtime: Runtime,
  { fault, seed, faultLog }: Settings,
  path: string,
): FaultSetup {
  if (fault.length > 0 || seed !== undefined || faultLog !== undefined) {
    throw new OptionError(
      "Cannot use --fault-replay together with --fault, --seed or " +
        "--fault-log: the file says all of that",
    );
  }
  const purpose = `read ${flagName("faultReplay")} ${path}`;
  requirePermissions(runtime, [{ kind: "read", path }], purpose);
  const run = withFile(purpose, () => readFaultLog(path));
  const chance = { seed: run.seed, replay: run.decisions };
  return { faults: run.faults, chance, close: () => {} };
}
