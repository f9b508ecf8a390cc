import { acceptLoop } from "../src/accept_loop.ts";
import type { Addr, Conn, Listener } from "../src/net.ts";
import { assert, assertEquals } from "./assert.ts";
import { FakeConn, inTime } from "./fake_conn.ts";

type Step = Conn | Error | null;

/** A listener that accepts what it was told to, and then nothing. */
class FakeListener implements Listener {
  readonly addr: Addr = { transport: "tcp", hostname: "127.0.0.1", port: 7 };
  /** When `accept` was called. */
  readonly times: number[] = [];
  #steps: Step[];
  #closed: PromiseWithResolvers<null> = Promise.withResolvers();

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  accept(): Promise<Conn | null> {
    this.times.push(performance.now());
    const step = this.#steps.shift();
    if (step === undefined) return this.#closed.promise;
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
  }

  close(): void {
    this.#closed.resolve(null);
  }
}

interface Outcome {
  readonly conns: Conn[];
  readonly errors: unknown[];
}

async function run(
  listener: Listener,
  signal = new AbortController().signal,
): Promise<Outcome> {
  const conns: Conn[] = [];
  const errors: unknown[] = [];
  const loop = acceptLoop(listener, {
    onConn: (conn) => conns.push(conn),
    onError: (error) => errors.push(error),
    signal,
  });
  await inTime(loop, "the end of the accept loop");
  return { conns, errors };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

Deno.test("acceptLoop hands on connections until accept gives null", async () => {
  const accepted = [new FakeConn(), new FakeConn()];
  const listener = new FakeListener(...accepted, null, new FakeConn());
  const { conns, errors } = await run(listener);
  assertEquals(conns.length, 2);
  assert(conns.every((conn, i) => conn === accepted[i]));
  assertEquals(errors, []);
  assertEquals(listener.times.length, 3);
});

Deno.test("acceptLoop ends when its listener is closed while it waits", async () => {
  const listener = new FakeListener();
  const running = run(listener);
  listener.close();
  assertEquals(await running, { conns: [], errors: [] });
});

Deno.test("acceptLoop tells the first error of a burst and recovers", async () => {
  const [first, second] = [failure("EMFILE"), failure("ENFILE")];
  const conn = new FakeConn();
  const { conns, errors } = await run(
    new FakeListener(first, second, failure("EMFILE"), conn, null),
  );
  assert(conns.length === 1 && conns[0] === conn);
  assert(errors.length === 1 && errors[0] === first);
});

Deno.test("acceptLoop tells the next burst again after a connection", async () => {
  const [first, second] = [failure("EMFILE"), failure("EMFILE")];
  const { errors } = await run(
    new FakeListener(first, new FakeConn(), second, new FakeConn(), null),
  );
  assert(errors.length === 2);
  assert(errors[0] === first && errors[1] === second);
});

Deno.test("acceptLoop waits twice as long after each error", async () => {
  const errors = Array.from({ length: 4 }, () => failure("EMFILE"));
  const listener = new FakeListener(...errors, null);
  await run(listener);
  const { times } = listener;
  const waits = times.slice(1).map((time, i) => time - times[i]);
  for (const [i, least] of [5, 10, 20, 40].entries()) {
    // A timer may fire up to a millisecond early.
    assert(waits[i] >= least - 1, `wait ${i} took ${waits[i]} ms`);
  }
});

Deno.test("acceptLoop is silent about peers that left early", async () => {
  const conn = new FakeConn();
  const codes = ["ECONNABORTED", "ECONNRESET", "ENOTCONN"];
  const gone = Array.from({ length: 12 }, (_, i) => failure(codes[i % 3]));
  const listener = new FakeListener(...gone, conn, null);
  const startedAt = performance.now();
  const { conns, errors } = await run(listener);
  assertEquals(errors, []);
  assert(conns.length === 1 && conns[0] === conn);
  // Backing off twelve times would take seconds.
  assert(performance.now() - startedAt < 1000);
});

Deno.test("acceptLoop does not back off once what it tells has it aborted", async () => {
  const stopping = new AbortController();
  const listener = new FakeListener(failure("EMFILE"), failure("EMFILE"));
  const pauses: number[] = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    pauses.push(ms);
    return setTimeout(run, ms);
  }) as typeof setTimeout;
  try {
    await acceptLoop(listener, {
      onConn: () => {},
      onError: () => stopping.abort(),
      signal: stopping.signal,
    });
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals([listener.times.length, pauses], [1, []]);
});

Deno.test("acceptLoop ends at once when aborted in the midst of a back-off", async () => {
  const stopping = new AbortController();
  let abortedAt = 0;
  class Exhausted extends FakeListener {
    override accept(): Promise<never> {
      this.times.push(performance.now());
      // The eighth back-off lasts 640 ms.
      if (this.times.length === 8) {
        setTimeout(() => {
          abortedAt = performance.now();
          stopping.abort();
        }, 1);
      }
      return Promise.reject(failure("EMFILE"));
    }
  }
  const listener = new Exhausted();
  const { errors } = await run(listener, stopping.signal);
  assert(abortedAt > 0 && performance.now() - abortedAt < 300);
  assertEquals(listener.times.length, 8);
  assertEquals(errors.length, 1);
});

Deno.test("acceptLoop accepts nothing once it is aborted", async () => {
  const listener = new FakeListener(new FakeConn());
  const { conns } = await run(listener, AbortSignal.abort());
  assertEquals(conns, []);
  assertEquals(listener.times, []);
});
