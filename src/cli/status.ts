/**
 * The status server that the command line asks for.
 *
 * @module
 */

import meta from "../../deno.json" with { type: "json" };
import { errorText, ListenError, OptionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { listenError } from "../listen.ts";
import { formatHost } from "../listen_url.ts";
import { checkStatusAddr } from "../status/addr.ts";
import type { StatusServer } from "../status/server.ts";
import type { Subject } from "../status/subject.ts";
import type { WebServerOptions } from "../web.ts";
import { flagName, type Settings } from "./flags.ts";
import type { Log } from "./log.ts";
import { requirePermissions, statusPermissions } from "./permissions.ts";

/**
 * Checks what can be told of the status server's settings without opening it.
 *
 * @param settings the settings.
 * @throws {OptionError} if they do not go together, or are not safe.
 */
export function checkStatus({ status, statusToken }: Settings): void {
  if (status) return checkStatusAddr(status, statusToken);
  if (statusToken === undefined) return;
  throw new OptionError(
    `Cannot use ${flagName("statusToken")} without ${flagName("status")}: ` +
      "expected where to serve the status, such as 127.0.0.1:9090",
  );
}

/**
 * Starts the status server, if there is to be one.
 *
 * @param runtime what it runs on.
 * @param settings the settings.
 * @param server the server that it tells of.
 * @param log where it tells that it listens.
 * @returns the status server; `undefined` if there is to be none.
 * @throws {ListenError} if the system refuses its address.
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function startStatus(
  runtime: Runtime,
  { status: addr, statusToken: token }: Settings,
  server: Subject,
  log: Log,
): Promise<StatusServer | undefined> {
  if (!addr) return undefined;
  const purpose = `listen on ${formatHost(addr)}`;
  requirePermissions(runtime, statusPermissions(addr), purpose);
  try {
    // Those who have none do not wait for it to load.
    const [{ serveGuarded }, { StatusServer }] = await Promise.all([
      import("../guarded_web.ts"),
      import("../status/server.ts"),
    ]);
    const serveWeb = (options: WebServerOptions) =>
      serveGuarded(runtime, options);
    const status = await StatusServer.start({ serveWeb }, {
      ...{ addr, token, subject: server, version: meta.version },
      onError: (error) =>
        log.record({ event: "error", message: `Status: ${errorText(error)}` }),
    });
    const { url } = status;
    const { name } = runtime;
    log.record({ event: "listening", plane: "status", url, runtime: name });
    return status;
  } catch (error) {
    const cause = listenError(addr, error);
    if (!(cause instanceof ListenError)) throw cause;
    const message = `Cannot serve ${flagName("status")}: ${cause.message}`;
    throw new ListenError(message, { cause });
  }
}
