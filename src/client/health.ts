/**
 * Whether a server is healthy: an echo comes back, or its `/health` says so.
 *
 * @module
 */

import { request } from "node:http";
import { Answer } from "./answer.ts";
import type { ClientOptions } from "./client.ts";
import { ExchangeError, failureOf } from "./failure.ts";
import { connectionTo } from "./http_connection.ts";
import { Noise, randomSeed } from "./noise.ts";
import { openClient } from "./open.ts";
import type { NetTarget, Target } from "./target.ts";

const SIZE = 64;
const OK = 200;

/**
 * Makes sure that a server is healthy.
 *
 * @param target the server; the path `/health` is asked for with GET, as a
 * status server has it.
 * @param options how.
 * @throws {ExchangeError} if it is not.
 */
export async function checkHealth(
  target: Target,
  options: ClientOptions,
): Promise<void> {
  if (isStatus(target)) return await checkStatus(target, options);
  const client = await openClient(target, options);
  try {
    const bytes = new Noise(randomSeed(), SIZE).message(1, SIZE);
    await client.exchange({ number: 1, bytes });
  } catch (error) {
    throw withHint(target, error);
  } finally {
    client.close();
  }
}

// Status servers answer so to whoever sends them something.
function withHint({ kind, url }: Target, error: unknown): unknown {
  const isAnswer = error instanceof ExchangeError && error.kind === "status";
  if (kind !== "http" || !isAnswer) return error;
  const health = new URL("/health", url).href;
  const hint = `of a status server, ask for ${health}`;
  return new ExchangeError("status", `${error.message}; ${hint}`);
}

function isStatus(target: Target): target is NetTarget {
  const { kind, url } = target;
  return kind === "http" && new URL(url).pathname === "/health";
}

async function checkStatus(
  target: NetTarget,
  { ca, timeoutMs }: ClientOptions,
): Promise<void> {
  const connection = connectionTo(target, { ca });
  // Nothing is expected of it but that it comes.
  const answer = new Answer(new Uint8Array(), timeoutMs);
  const asking = request(connection, (response) => {
    const { statusCode } = response;
    response.resume();
    if (statusCode === OK) answer.succeed();
    else answer.fail(new ExchangeError("status", `HTTP status ${statusCode}`));
  });
  asking.on("error", (error) => answer.fail(failureOf(error)));
  asking.end();
  try {
    await answer.whole;
  } finally {
    asking.destroy();
    connection.agent.destroy();
  }
}
