/**
 * All kinds of faults, by name.
 *
 * @module
 */

import { bandwidth } from "./bandwidth.ts";
import { corrupt } from "./corrupt.ts";
import { drop } from "./drop.ts";
import { duplicate } from "./duplicate.ts";
import { latency } from "./latency.ts";
import { limitData } from "./limit_data.ts";
import { mute } from "./mute.ts";
import { neverRead } from "./never_read.ts";
import { refuse } from "./refuse.ts";
import { reorder } from "./reorder.ts";
import { resetPeer } from "./reset_peer.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow_close.ts";
import type { FaultKind } from "./stage.ts";
import { timeout } from "./timeout.ts";
import type { Fault } from "./types.ts";

/** The name of a kind. */
export type KindName = Fault["kind"];

/** All kinds of faults, by name. */
export const KINDS: {
  readonly [K in KindName]: FaultKind<Extract<Fault, { kind: K }>>;
} = {
  latency,
  bandwidth,
  slicer,
  limit_data: limitData,
  timeout,
  slow_close: slowClose,
  reset_peer: resetPeer,
  corrupt,
  mute,
  never_read: neverRead,
  refuse,
  drop,
  duplicate,
  reorder,
};

/** The kind of a fault. */
export function kindOf(name: KindName): FaultKind<Fault> {
  // A kind is given nothing but its own faults.
  return KINDS[name] as unknown as FaultKind<Fault>;
}
