/**
 * What the commands that are clients have in common.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { LARGEST_DATAGRAM } from "../client/datagram.ts";
import type { ClientOptions } from "../client/client.ts";
import type { Target } from "../client/target.ts";
import { OptionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { withFile } from "./files.ts";
import { flagName } from "./flags/flag.ts";
import { clientPermissions, requirePermissions } from "./permissions.ts";

/** The settings that they have in common. */
export interface ClientSettings {
  /** How long an answer may take. */
  readonly timeout: number;
  /** The file of a certificate to trust. */
  readonly ca: string | undefined;
}

/**
 * Makes sure that a client may go where it is to go.
 *
 * @param runtime what it runs on.
 * @param command its command, for errors.
 * @param target the server.
 * @param settings how long an answer may take, and whom to trust.
 * @returns how its connections are opened.
 * @throws {PermissionError} if Deno may not go there, or read the file.
 * @throws {OptionError} if the system or the URL does not allow it.
 */
export function clientOptions(
  runtime: Runtime,
  command: string,
  target: Target,
  { timeout, ca }: ClientSettings,
): ClientOptions {
  const { addr, url } = target;
  if (addr.transport === "unix" && runtime.platform === "win32") {
    throw new OptionError(
      `Cannot ${command} ${url}: Windows has no Unix sockets here`,
    );
  }
  const needed = clientPermissions(addr, ca);
  const trusting = ca === undefined ? "" : ` with ${flagName("ca")} ${ca}`;
  requirePermissions(runtime, needed, `${command} ${url}${trusting}`);
  return { runtime, timeoutMs: timeout, ca: ca && readCertificate(ca, url) };
}

function readCertificate(path: string, url: string): string {
  const text = withFile(
    `read ${flagName("ca")} ${path}`,
    () => readFileSync(path, "utf8"),
  );
  if (!/-----BEGIN CERTIFICATE-----/.test(text)) {
    throw new OptionError(`Cannot use --ca ${path}: it has no PEM certificate`);
  }
  if (/^(tls|https|wss):/.test(url)) return text;
  throw new OptionError(`Cannot use --ca with ${url}: it has no TLS`);
}

/**
 * Makes sure that messages are of a size that can be sent.
 *
 * @param target where to.
 * @param size their size.
 * @throws {OptionError} if they are not.
 */
export function checkSize({ kind, url }: Target, size: number): void {
  if (kind !== "datagram" || size <= LARGEST_DATAGRAM) return;
  throw new OptionError(
    `Cannot use --size ${size} with ${url}: a datagram carries at most ` +
      `${LARGEST_DATAGRAM} bytes`,
  );
}
