/**
 * echod as a library: an echo server inside a test suite or another program.
 *
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * using conn = await Deno.connect({ port: server.port });
 * await conn.write(new TextEncoder().encode("hello"));
 *
 * const buffer = new Uint8Array(5);
 * await conn.read(buffer);
 * console.log(new TextDecoder().decode(buffer)); // hello
 * ```
 *
 * @module
 */

export { serveEcho, type ServeEchoOptions } from "./src/serve_echo.ts";
export type { EchoServer } from "./src/server.ts";
export type { ShutdownOptions } from "./src/server_options.ts";
export { ListenError, OptionError, PermissionError } from "./src/errors.ts";
export { WaitError, type WaitOptions } from "./src/wait.ts";
export type {
  EchoConnection,
  EndReason,
  Protocol,
} from "./src/echo_connection.ts";
export type {
  BandwidthFault,
  CorruptFault,
  Fault,
  LatencyFault,
  LimitDataFault,
  MuteFault,
  NeverReadFault,
  RefuseFault,
  ResetPeerFault,
  SlicerFault,
  SlowCloseFault,
  TimeoutFault,
} from "./src/faults/types.ts";
export type { FaultSelector } from "./src/faults/selector.ts";
export type {
  DropFault,
  DuplicateFault,
  ReorderFault,
} from "./src/faults/datagram_types.ts";
export type { TlsChoice } from "./src/tls/setup.ts";
export type { HttpSettings } from "./src/http/plane.ts";
export type { EchoRequest, RequestRecord } from "./src/http/requests.ts";
export type { Limits, RefusalReason } from "./src/limits.ts";
export type { LatencyStats } from "./src/histogram.ts";
export type {
  ConnectionStats,
  HttpStats,
  ProtocolStats,
  ServerStats,
} from "./src/metrics.ts";
export type {
  DatagramsRecord,
  DatagramStats,
  DroppedRecord,
  DropReason,
} from "./src/udp/drops.ts";
export type { SourceRefusal } from "./src/udp/guard.ts";
export type { Addr, NetAddr, TlsSession, UnixAddr } from "./src/net.ts";
export type {
  ConnectRecord,
  DisconnectRecord,
  ErrorRecord,
  FaultsRecord,
  ListeningRecord,
  RefusedRecord,
  ServerRecord,
  ShutdownRecord,
  WarningRecord,
} from "./src/records.ts";
