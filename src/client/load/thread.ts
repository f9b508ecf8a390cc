/**
 * A part of a load that another thread does.
 *
 * @module
 */

import type { Runtime } from "../../host.ts";
import { startTimer } from "../../timer.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import { GRACE_MS, Load } from "./load.ts";
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
  | {
    readonly load: "progress";
    readonly open: number;
    readonly echoes: number;
  }
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
    type: "message" | "error" | "close",
    listener: (event: Event) => void,
  ): void;
}

const NOTHING: LoadReport = {
  ...{ echoes: 0, afterEnd: 0, durationMs: 0, failures: [] },
  ...{ lost: 0, unsent: 0, unanswered: { count: 0, oldestMs: 0 } },
  ...{ late: 0, duplicates: 0 },
  ...{ times: new HdrHistogram().data, waits: new HdrHistogram().data },
};

// Once it is told to stop, a thread that lives answers within this time.
const LONGEST_STOP_MS = GRACE_MS + 2000;

/** The part of a load that another thread does. */
export class ThreadPart implements LoadPart {
  open = 0;
  echoes = 0;
  readonly started: Promise<void>;
  readonly broken: Promise<void>;
  #thread: LoadThread;
  #plan: LoadPlan;
  #limitMs: number;
  #isConnected = false;
  #ready = Promise.withResolvers<void>();
  #opened = Promise.withResolvers<Opened>();
  #broken = Promise.withResolvers<void>();
  #report = Promise.withResolvers<LoadReport>();

  /**
   * @param thread who does it.
   * @param plan what is to be done.
   * @param limitMs how long it may take to stop, in milliseconds.
   */
  constructor(
    thread: LoadThread,
    plan: LoadPlan,
    limitMs: number = LONGEST_STOP_MS,
  ) {
    this.#thread = thread;
    this.#plan = plan;
    this.#limitMs = limitMs;
    this.started = this.#ready.promise;
    this.broken = this.#broken.promise;
    thread.addEventListener("message", (event) => {
      this.#take((event as MessageEvent<LoadNotice>).data);
    });
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      const reason = reasonOf((event as ErrorEvent).message);
      this.#fail(new Error(`a thread has failed: ${reason}`));
    });
    // Not every runtime tells of it, and one does so after the error as well.
    thread.addEventListener("close", () => {
      this.#fail(new Error("a thread has ended by itself"));
    });
  }

  #take(notice: LoadNotice): void {
    switch (notice.load) {
      case undefined:
        return this.#ready.resolve();
      case "opened":
        return this.#opened.resolve(notice.opened);
      case "progress":
        this.open = notice.open;
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
    let cancel = () => {};
    try {
      // A thread that has not begun would not answer.
      if (!this.#isConnected) return NOTHING;
      cancel = startTimer(this.#limitMs, () => {
        this.#fail(new Error("a thread does not answer"));
      });
      this.#thread.postMessage({ load: "stop" });
      return await this.#report.promise;
    } finally {
      cancel();
      this.#thread.terminate();
    }
  }
}

// Bun shows the source around an error, and the error below it.
function reasonOf(message: string): string {
  const [, own, other] = /^(?:error: (.+)|(\w+Error: .+))$/m.exec(message) ??
    [];
  return own ?? other ?? message.split("\n")[0];
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
        timer = setInterval(() => {
          const { open, echoes } = load!;
          scope.postMessage({ load: "progress", open, echoes });
        }, PROGRESS_MS);
        const opened = await load.connect();
        scope.postMessage({ load: "opened", opened });
        break;
      }
      case "start":
        load?.start();
        break;
      case "stop":
        if (!load) break;
        clearInterval(timer);
        scope.postMessage({ load: "report", report: await load.stop() });
    }
  });
}
