/**
 * What the status server answers to which path.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import {
  errorAnswer,
  finishAnswer,
  HttpError,
  jsonAnswer,
  textAnswer,
  urlOf,
} from "./answers.ts";
import type { Guard } from "./auth.ts";
import type { EventStreams } from "./events.ts";
import { EXPOSITION_TYPE } from "./exposition.ts";
import { readFaultBody } from "./faults.ts";
import { type Page, pageAnswer } from "./page.ts";
import type { StatusReport } from "./report.ts";
import type { Subject } from "./subject.ts";

/** What requests are answered from. */
export interface RouteContext {
  /** Who may ask. */
  readonly guard: Guard;
  /** The server that is told of. */
  readonly subject: Subject;
  /** Makes the report of now. */
  readonly report: () => StatusReport;
  /** Makes the metrics of now. */
  readonly metrics: () => string;
  /** The streams of events. */
  readonly streams: EventStreams;
  /** The page for people. */
  readonly page: Page;
  /** Told of what fails without being a client's fault. */
  readonly onError: (error: unknown) => void;
}

type Handler = (
  context: RouteContext,
  request: Request,
) => Response | Promise<Response>;

/** What a path answers, by method; `HEAD` is answered as `GET` is. */
type Route = { readonly [method in "GET" | "PUT"]?: Handler };

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/", { GET: getPage }],
  ["/health", { GET: getHealth }],
  ["/metrics", { GET: getMetrics }],
  ["/api/status", { GET: ({ report }) => jsonAnswer(report()) }],
  ["/api/events", { GET: ({ streams }) => streams.open() }],
  ["/api/faults", { GET: getFaults, PUT: putFaults }],
]);

/** Makes what answers requests; its promises do not reject. */
export function createHandler(
  context: RouteContext,
): (request: Request) => Promise<Response> {
  return async (request) => {
    let response: Response;
    try {
      response = await answer(context, request);
    } catch (error) {
      response = errorAnswer(request, httpError(context, error));
    }
    return finishAnswer(request, response);
  };
}

function answer(
  context: RouteContext,
  request: Request,
): Response | Promise<Response> {
  const path = urlOf(request)?.pathname;
  context.guard.checkHost(request);
  // Those who watch over a server's health need not be trusted with more.
  if (path !== "/health") context.guard.checkToken(request);
  if (path === undefined) {
    throw new HttpError(400, "Cannot read Host: expected HOST or HOST:PORT");
  }
  return handlerOf(request.method, path)(context, request);
}

function handlerOf(method: string, path: string): Handler {
  const route = ROUTES.get(path);
  if (!route) {
    throw new HttpError(
      404,
      `Cannot find ${path}: expected one of ${[...ROUTES.keys()].join(", ")}`,
    );
  }
  const handler = method === "PUT" ? route.PUT : route.GET;
  if (handler && ["GET", "HEAD", "PUT"].includes(method)) return handler;
  const allow = Object.keys(route).join(", ").replace("GET", "GET, HEAD");
  throw new HttpError(
    405,
    `Cannot ${method} ${path}: expected one of ${allow}`,
    { allow },
  );
}

function httpError({ onError }: RouteContext, error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  onError(error);
  return new HttpError(500, "Cannot answer: the server has failed at it");
}

function getPage(
  { page, subject }: RouteContext,
  request: Request,
): Response {
  return pageAnswer(page, urlOf(request)?.hostname ?? "", subject.urls);
}

function getHealth({ subject }: RouteContext): Response {
  const isHealthy = subject.state === "running";
  return jsonAnswer({
    status: isHealthy ? "healthy" : "draining",
    timestamp: new Date().toISOString(),
  }, { status: isHealthy ? 200 : 503 });
}

function getMetrics({ metrics }: RouteContext): Response {
  return textAnswer(metrics(), EXPOSITION_TYPE);
}

function getFaults({ subject: { faults, seed } }: RouteContext): Response {
  return jsonAnswer({ faults, seed });
}

// Without CORS no other site's page gets as far as this, even where the browser
// knows the password: browsers ask before they PUT.
async function putFaults(
  { guard, subject }: RouteContext,
  request: Request,
): Promise<Response> {
  if (!guard.hasToken) {
    throw new HttpError(
      403,
      "Cannot change faults without a token: start with --status-token, and " +
        "send it as Authorization: Bearer TOKEN",
    );
  }
  const faults = await readFaultBody(request);
  try {
    subject.setFaults(faults);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new HttpError(400, errorText(error));
  }
  // Threads do what they are told in order: with their numbers, all have these.
  await subject.refresh?.();
  return jsonAnswer({ faults: subject.faults });
}
