/**
 * `echod serve`: the server, until it is told to stop.
 *
 * @module
 */

import { type ProxyOptions, proxyOptions } from "../../arrival.ts";
import { errorText } from "../../errors.ts";
import type { Runtime } from "../../host.ts";
import type { Addr } from "../../net.ts";
import type { ServerRecord } from "../../records.ts";
import type { EchoServer } from "../../server.ts";
import { checkOptions, type ServerOptions } from "../../server_options.ts";
import type { StatusServer } from "../../status/server.ts";
import type { Crew } from "../../workers/crew.ts";
import { greeting, keepWindow, type Start } from "../by_hand.ts";
import { checkText } from "../check.ts";
import { EXIT_CLEAN, EXIT_FAILED, exitCodeOf } from "../exit_codes.ts";
import { setUpFaults } from "../faults.ts";
import { flagName, type Settings } from "../flags.ts";
import { type Log, openLog } from "../log.ts";
import { readyFilePermissions, requirePermissions } from "../permissions.ts";
import { printLine } from "../print.ts";
import {
  checkReadyFile,
  removeReadyFile,
  writeReadyFile,
} from "../ready_file.ts";
import type { ServerSettings } from "../server_settings.ts";
import { drainTimeMs, StopSignals } from "../signals.ts";
import { checkStatus, startStatus } from "../status.ts";
import { startServer } from "../threads.ts";
import { checkTls, setUpTls, writeCertificate } from "../tls.ts";

/** How a server's program was started. */
export interface ServeStart extends Start {
  /** The URL of the program, which its threads run as well. */
  readonly url: string;
}

/**
 * Runs a server until it is told to stop, or only tells what it would do.
 *
 * @param runtime what it runs on.
 * @param parsed its settings.
 * @param start how the program was started.
 * @returns the exit code.
 */
export async function serveCommand(
  runtime: Runtime,
  parsed: ServerSettings,
  start: ServeStart,
): Promise<number> {
  const { settings } = parsed;
  if (settings.check) {
    printLine(check(runtime, parsed, start));
    return EXIT_CLEAN;
  }
  const log = openLog(runtime, {
    level: settings.quiet ? "error" : settings.logLevel,
    format: settings.logFormat,
  });
  try {
    return await serve(runtime, settings, log, start);
  } catch (error) {
    // Whoever reads JSON reads nothing else.
    if (settings.logFormat !== "json") throw error;
    log.record({ event: "error", message: errorText(error) });
    await log.flush();
    await keepWindow(start, runtime.process);
    return exitCodeOf(error);
  } finally {
    await log.flush();
  }
}

function check(
  runtime: Runtime,
  parsed: ServerSettings,
  { url }: ServeStart,
): string {
  const { settings } = parsed;
  const listen = listenAddrs(settings);
  proxyOf(settings);
  checkStatus(settings);
  checkTls(settings, listen);
  checkOptions(runtime, { listen, ...basicOptions(settings) });
  return checkText(parsed, listen, url);
}

function listenAddrs({ listen, host, port }: Settings): readonly Addr[] {
  if (listen.length > 0) return listen;
  return [{ transport: "tcp", hostname: host, port }];
}

function proxyOf(
  { proxyProtocol, trustedProxy }: Settings,
): ProxyOptions | undefined {
  return proxyOptions(proxyProtocol, trustedProxy, {
    mode: flagName("proxyProtocol"),
    trusted: flagName("trustedProxy"),
  });
}

function basicOptions(settings: Settings): Omit<ServerOptions, "listen"> {
  return {
    faults: settings.fault,
    unixMode: settings.unixMode,
    udpRate: settings.udpRate,
    udpReceiveBuffer: settings.udpReceiveBuffer,
    allowPublicUdp: settings.allowPublicUdp,
    maxConnections: settings.maxConnections,
    maxConnectionsPerIp: settings.maxConnectionsPerIp,
    idleTimeoutMs: settings.idleTimeout,
    writeTimeoutMs: settings.writeTimeout,
    handshakeTimeoutMs: settings.handshakeTimeout,
    maxLifetimeMs: settings.maxLifetime,
    maxBytes: settings.maxBytes,
    httpText: settings.httpText,
    showSecrets: settings.showSecrets,
    maxBody: settings.maxBody,
    maxMessage: settings.maxMessage,
  };
}

async function serve(
  runtime: Runtime,
  settings: Settings,
  log: Log,
  start: ServeStart,
): Promise<number> {
  const listen = listenAddrs(settings);
  const { readyFile } = settings;
  if (readyFile !== undefined) {
    const needed = readyFilePermissions(readyFile);
    const purpose = `write ${flagName("readyFile")} ${readyFile}`;
    requirePermissions(runtime, needed, purpose);
    // Who is told that it listens must not be told otherwise a moment later.
    checkReadyFile(readyFile);
  }
  checkStatus(settings);
  const tls = await setUpTls(runtime, settings, listen);
  const proxy = proxyOf(settings);
  const { faults, chance, close } = setUpFaults(runtime, settings, log);
  const signals = new StopSignals(runtime);
  let status: StatusServer | undefined;
  const options = {
    ...basicOptions(settings),
    ...{ listen, faults, tls, proxy },
    // With the token, faults that need RST may come at any time.
    ...(settings.statusToken !== undefined && { reset: true }),
    onBound: () => writeCertificate(settings, tls),
    onRecord: (record: ServerRecord) => {
      log.record(record);
      status?.record(record);
    },
  } satisfies ServerOptions;
  const { url } = start;
  const server = await startServer(runtime, settings, options, chance, url);
  try {
    status = await startStatus(runtime, settings, server, log);
    if (readyFile !== undefined) {
      writeReadyFile(readyFile, server.urls, status?.url);
    }
    // Variables may have asked for something else than plain echo and plain log.
    const isPlain = faults.length === 0 && proxy === undefined &&
      settings.logFormat === "text" && !settings.quiet;
    const words = isPlain ? greeting(start, server.urls[0]) : undefined;
    if (words !== undefined) printLine(words);
    return await untilStopped(server, signals, settings);
  } finally {
    signals.ignore();
    await server.close();
    await status?.close();
    close();
  }
}

async function untilStopped(
  server: EchoServer | Crew,
  signals: StopSignals,
  { readyFile, shutdownTimeout }: Settings,
): Promise<number> {
  const timeoutMs = drainTimeMs(await signals.next(), shutdownTimeout);
  if (readyFile !== undefined) removeReadyFile(readyFile);
  let code = EXIT_CLEAN;
  signals.next().then(() => {
    code = EXIT_FAILED;
    server.close();
  });
  await server.shutdown({ timeoutMs });
  return code;
}
