/**
 * The command line program, from arguments to exit code.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { type ProxyOptions, proxyOptions } from "../arrival.ts";
import { errorText, OptionError, PermissionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import type { Addr } from "../net.ts";
import type { ServerRecord } from "../records.ts";
import { loadRuntime } from "../runtime.ts";
import type { EchoServer } from "../server.ts";
import { checkOptions, type ServerOptions } from "../server_options.ts";
import type { StatusServer } from "../status/server.ts";
import type { Crew } from "../workers/crew.ts";
import { greeting, keepWindow, type Start, startOf } from "./by_hand.ts";
import { checkText } from "./check.ts";
import { completionScript } from "./completions/script.ts";
import { setUpFaults } from "./faults.ts";
import { withFile } from "./files.ts";
import { flagName, type Settings } from "./flags.ts";
import { type Log, openLog } from "./log.ts";
import { parse, type Surroundings } from "./parse.ts";
import { readyFilePermissions, requirePermissions } from "./permissions.ts";
import { removeReadyFile, writeReadyFile } from "./ready_file.ts";
import { drainTimeMs, StopSignals } from "./signals.ts";
import { checkStatus, startStatus } from "./status.ts";
import { startServer } from "./threads.ts";
import { checkTls, setUpTls, writeCertificate } from "./tls.ts";
import { helpText } from "./usage.ts";
import { type Build, versionText } from "./version.ts";

const EXIT_CLEAN = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The program that runs. */
export interface Program {
  /** Its URL, which its threads run as well. */
  readonly url: string;
  /** What the executable was made from, if it is one. */
  readonly build?: Build;
}

/**
 * Runs echod until it is told to stop.
 *
 * @param argv the arguments after the program's name.
 * @param program what runs.
 * @returns the exit code: 0 if all went well, 1 if the server failed or was
 * stopped by force, 2 for wrong usage.
 */
export async function main(
  argv: readonly string[],
  { url, build }: Program,
): Promise<number> {
  const runtime = await loadRuntime();
  const start = startOf(argv);
  try {
    const parsed = parse(argv, surroundings(runtime));
    const { invocation, settings } = parsed;
    if (settings.help) return say(helpText());
    if (settings.version) return say(versionText(runtime, build));
    if (invocation.command === "completions") {
      return say(completionScript(invocation.operand));
    }
    if (settings.check) {
      const listen = listenAddrs(settings);
      proxyOf(settings);
      checkStatus(settings);
      checkTls(settings, listen);
      checkOptions(runtime, { listen, ...basicOptions(settings) });
      return say(checkText(parsed, listen, url));
    }
    const log = openLog(runtime, {
      level: settings.quiet ? "error" : settings.logLevel,
      format: settings.logFormat,
    });
    try {
      return await serve(runtime, settings, log, { ...start, url });
    } catch (error) {
      // Whoever reads JSON reads nothing else.
      if (settings.logFormat !== "json") throw error;
      log.record({ event: "error", message: errorText(error) });
      return exitCode(error);
    } finally {
      await log.flush();
    }
  } catch (error) {
    await runtime.writeStderr(`echod: ${errorText(error)}\n`);
    await keepWindow(start);
    return exitCode(error);
  }
}

function exitCode(error: unknown): number {
  const isUsage = error instanceof OptionError ||
    error instanceof PermissionError;
  return isUsage ? EXIT_USAGE : EXIT_FAILED;
}

function say(text: string): number {
  console.log(text);
  return EXIT_CLEAN;
}

function surroundings(runtime: Runtime): Surroundings {
  return {
    variable: (name) =>
      runtime.isGranted({ kind: "env", variable: name })
        ? process.env[name]
        : undefined,
    readFile: (path) => {
      const purpose = `read ${path}`;
      requirePermissions(runtime, [{ kind: "read", path }], purpose);
      return withFile(purpose, () => readFileSync(path, "utf8"));
    },
  };
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
  start: Start & Pick<Program, "url">,
): Promise<number> {
  const listen = listenAddrs(settings);
  const { readyFile } = settings;
  if (readyFile !== undefined) {
    const needed = readyFilePermissions(readyFile);
    requirePermissions(runtime, needed, `write ${readyFile}`);
  }
  checkStatus(settings);
  const tls = await setUpTls(runtime, settings, listen);
  const proxy = proxyOf(settings);
  const { faults, chance, close } = setUpFaults(runtime, settings, log);
  const signals = new StopSignals();
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
    const words = greeting(start, server.urls[0]);
    if (words !== undefined) console.log(words);
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
