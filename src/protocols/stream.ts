/**
 * The echo of every byte stream.
 *
 * @module
 */

import type { Connection } from "../connection.ts";
import type { EndReason } from "../echo_connection.ts";
import { isReset } from "../errors.ts";
import type { Conn, Echo } from "../net.ts";
import { CopyLoop } from "./copy_loop.ts";
import { StagedEcho, type StagedEchoOptions } from "./staged_echo.ts";

/**
 * Starts the echo of a connection, by the fastest means there is.
 *
 * @param conn the connection.
 * @param options what happens to its bytes.
 * @returns the echo, which runs.
 */
export function startEcho(conn: Conn, options: StagedEchoOptions): Echo {
  const { maxBytes, hits, onReceive, meter } = options;
  if (hits.length > 0 || onReceive) return new StagedEcho(conn, options);
  return conn.echo?.(maxBytes, meter) ?? new CopyLoop(conn, maxBytes, meter);
}

/** The echo of a connection that failed before there was any. */
export function failedEcho(error: unknown): Echo {
  return {
    ...{ bytesIn: 0, bytesOut: 0, bytesDiscarded: 0 },
    ...{ isPending: false, isBlocked: false },
    finished: Promise.reject(error),
    drain: () => {},
  };
}

/**
 * Sees the echo of a connection to its end, closes it and notes the reason. A
 * callback, since a promise more for each idle connection takes memory.
 *
 * @param connection the connection.
 * @param maxBytes bytes after which the echo ends; `Infinity` for no limit.
 * @param onFinish called when the connection has its `reason`, with the error
 * that ended it, if that is the reason.
 */
export function finishEcho(
  connection: Connection,
  maxBytes: number,
  onFinish: (error: unknown) => void,
): void {
  const { echo } = connection;
  const finish = (reason: EndReason, error?: unknown) => {
    connection.end(reason);
    connection.close();
    onFinish(connection.reason === "error" ? error : undefined);
  };
  echo.finished.then(
    () => finish(echo.bytesIn >= maxBytes ? "max-bytes" : "eof"),
    (error) => {
      // A client may leave as it likes once it has got all that it gets.
      if (echo.bytesOut >= maxBytes) finish("max-bytes");
      else if (isReset(error)) finish("reset");
      else finish("error", error);
    },
  );
}
