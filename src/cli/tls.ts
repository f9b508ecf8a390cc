/**
 * The certificate and key that the command line asks for.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import type { Runtime } from "../host.ts";
import type { Addr } from "../net.ts";
import {
  checkTlsChoice,
  setUpTls as setUp,
  type TlsChoice,
  type TlsSetup,
  withoutTls,
} from "../tls/setup.ts";
import { readFileOf, withFile } from "./files.ts";
import { flagName, type Settings } from "./flags.ts";
import { requirePermissions } from "./permissions.ts";

/**
 * Reads the files of TLS, or makes a certificate.
 *
 * @param runtime whose permissions are asked for.
 * @param settings the settings.
 * @param listen where the server will listen.
 * @returns what listeners for TLS need; `undefined` if there will be none.
 * @throws {OptionError} if the settings do not go together, or a file cannot be
 * used.
 * @throws {PermissionError} if a file may not be used.
 */
export async function setUpTls(
  runtime: Runtime,
  settings: Settings,
  listen: readonly Addr[],
): Promise<TlsSetup | undefined> {
  const { selfSigned, alpn, certOut } = settings;
  const read = (part: "cert" | "key" | "clientCa") => {
    const path = settings[part];
    return path === undefined
      ? undefined
      : readFileOf(runtime, flagName(part), path);
  };
  const choice = {
    ...{ cert: read("cert"), key: read("key"), clientCa: read("clientCa") },
    ...{ selfSigned, alpn },
  };
  const setup = await setUp(choice, listen, (part) => describe(part, settings));
  if (certOut === undefined) return setup;
  const named = `${flagName("certOut")} ${certOut}`;
  if (!setup) throw withoutTls(named);
  const needed = [{ kind: "write", path: certOut }] as const;
  requirePermissions(runtime, needed, `write ${named}`);
  return setup;
}

/**
 * Checks what can be told of the settings of TLS without reading files.
 *
 * @param settings the settings.
 * @param listen where the server will listen.
 * @throws {OptionError} if they do not go together.
 */
export function checkTls(settings: Settings, listen: readonly Addr[]): void {
  checkTlsChoice(settings, listen, (part) => describe(part, settings));
}

/**
 * Writes the certificate for clients to trust, if that is asked for. It waits
 * until the server listens: another one may use the file as it is.
 *
 * @param settings the settings.
 * @param setup what listeners for TLS have.
 * @throws {OptionError} if the file cannot be written.
 */
export function writeCertificate(
  { certOut }: Settings,
  setup: TlsSetup | undefined,
): void {
  if (certOut === undefined || !setup) return;
  const purpose = `write ${flagName("certOut")} ${certOut}`;
  const { writeFileSync } = builtin("node:fs");
  withFile(purpose, () => writeFileSync(certOut, setup.cert));
}

function describe(part: keyof TlsChoice, settings: Settings): string {
  const value = settings[part];
  const isPath = typeof value === "string";
  return isPath ? `${flagName(part)} ${value}` : flagName(part);
}
