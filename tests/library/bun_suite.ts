/**
 * What `serveEcho` does on every runtime: Deno and Bun run the same cases.
 *
 * @module
 */

import { connectionCases } from "./cases/connections.ts";
import { datagramOptionCases } from "./cases/datagram_options.ts";
import { datagramCases } from "./cases/datagrams.ts";
import { endingCases } from "./cases/ending.ts";
import { httpCases } from "./cases/http.ts";
import { httpEndingCases } from "./cases/http_ending.ts";
import { httpSocketCases } from "./cases/http_sockets.ts";
import { newFaultCases } from "./cases/new_faults.ts";
import { optionCases } from "./cases/options.ts";
import { transportCases } from "./cases/transports.ts";
import { waitingCases } from "./cases/waiting.ts";
import type { Cases } from "./client.ts";

/** All cases. */
export const CASES: Cases = {
  ...optionCases,
  ...connectionCases,
  ...newFaultCases,
  ...waitingCases,
  ...endingCases,
  ...transportCases,
  ...datagramCases,
  ...datagramOptionCases,
  ...httpCases,
  ...httpSocketCases,
  ...httpEndingCases,
};
