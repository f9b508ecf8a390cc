/**
 * A part of a load that another thread does.
 *
 * @module
 */

import type { Runtime } from "../../host.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import { Load } from "./load.ts";
import type { LoadPart, LoadPlan, LoadReport, Opened } from "./plan.ts";

/** What a thread is told. */
export type LoadOrder =
  | { readonly load: "connect"; readonly plan: LoadPlan }
  | { readonly load: "start" }
  | { readonly load: "stop" };

/** What a thread tells; that it listens, it tells whatever it is for. */
export type LoadNotice =
  | { readonly notice: "ready"; readonly load?: undefined }
  | { readonly load: "opened"; readonly opened: Opened }
  | { readonly load: "echoes"; readonly echoes: number }
  | { readonly load: "broken" }
  | { readonly load: "report"; readonly report: LoadReport };

/** A thread, as its program sees it. */
export interface LoadThread {
  /** Tells it something. */
  postMessage(order: LoadOrder): void;
  /** Ends it. */
  terminate(): void;
  /** Told of what it says, and of its death. */
  addEventListener(
    type: "message" | "error",
    listener: (event: Event) => void,
  ): void;
}

const NOTHING: LoadReport = {
  ...{ echoes: 0, durationMs: 0, failures: [], unsent: 0 },
  times: new HdrHistogram().data,
};

/** The part of a load that another thread does. */
export class ThreadPart implements LoadPart {
  echoes = 0;
  readonly broken: Promise<void>;
  #thread: LoadThread;
  #plan: LoadPlan;
  #isConnected = false;
  #ready = Promise.withResolvers<void>();
  #opened = Promise.withResolvers<Opened>();
  #broken = Promise.withResolvers<void>();
  #report = Promise.withResolvers<LoadReport>();

  /**
   * @param thread who does it.
   * @param plan what is to be done.
   */
  constructor(thread: LoadThread, plan: LoadPlan) {
    this.#thread = thread;
    this.#plan = plan;
    this.broken = this.#broken.promise;
    thread.addEventListener("message", (event) => {
      this.#take((event as MessageEvent<LoadNotice>).data);
    });
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      const { message } = event as ErrorEvent;
      this.#fail(new Error(`A thread has failed: ${message}`));
    });
  }

  #take(notice: LoadNotice): void {
    switch (notice.load) {
      case undefined:
        return this.#ready.resolve();
      case "opened":
        return this.#opened.resolve(notice.opened);
      case "echoes":
        this.echoes = notice.echoes;
        return;
      case "broken":
        return this.#broken.resolve();
      case "report":
        return this.#report.resolve(notice.report);
    }
  }

  #fail(error: Error): void {
    for (const waiting of [this.#opened, this.#broken, this.#report]) {
      // Not everybody waits for everything.
      waiting.promise.catch(() => {});
      waiting.reject(error);
    }
  }

  async connect(): Promise<Opened> {
    await Promise.race([this.#ready.promise, this.#opened.promise]);
    this.#thread.postMessage({ load: "connect", plan: this.#plan });
    this.#isConnected = true;
    return await this.#opened.promise;
  }

  start(): void {
    this.#thread.postMessage({ load: "start" });
  }

  async stop(): Promise<LoadReport> {
    try {
      // A thread that has not begun would not answer.
      if (!this.#isConnected) return NOTHING;
      this.#thread.postMessage({ load: "stop" });
      return await this.#report.promise;
    } finally {
      this.#thread.terminate();
    }
  }
}

const PROGRESS_MS = 100;

/** A thread, as it sees its program. */
export interface LoadScope {
  /** Tells the program something. */
  postMessage(notice: LoadNotice): void;
  /** Told of what the program says. */
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<Partial<LoadOrder>>) => void,
  ): void;
}

/**
 * Does a part of a load, in a thread of its own, when it is told to.
 *
 * @param runtime whose connections are used.
 * @param scope who gives orders.
 */
export function playOrders(runtime: Runtime, scope: LoadScope): void {
  let load: Load | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  scope.addEventListener("message", async ({ data }) => {
    switch (data.load) {
      case "connect": {
        load = new Load(data.plan!, runtime);
        load.broken.then(() => scope.postMessage({ load: "broken" }));
        const opened = await load.connect();
        scope.postMessage({ load: "opened", opened });
        break;
      }
      case "start":
        load?.start();
        timer = setInterval(() => {
          scope.postMessage({ load: "echoes", echoes: load?.echoes ?? 0 });
        }, PROGRESS_MS);
        break;
      case "stop":
        if (!load) break;
        clearInterval(timer);
        scope.postMessage({ load: "report", report: await load.stop() });
    }
  });
}
