/**
 * echod as a library: an echo server inside a test suite or another program.
 *
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * using conn = await Deno.connect({ port: server.addrs[0].port });
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
export { EchoServer, type ShutdownOptions } from "./src/server.ts";
export { ListenError, OptionError, PermissionError } from "./src/errors.ts";
export type { EndReason } from "./src/connection.ts";
export type { Limits, RefusalReason } from "./src/limits.ts";
export type { Addr, TcpAddr } from "./src/net.ts";
export type {
  ConnectRecord,
  DisconnectRecord,
  ErrorRecord,
  ListeningRecord,
  RefusedRecord,
  ServerRecord,
  ShutdownRecord,
  WarningRecord,
} from "./src/records.ts";
