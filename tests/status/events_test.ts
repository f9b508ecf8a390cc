import { HttpError } from "../../src/status/answers.ts";
import { type EventOptions, EventStreams } from "../../src/status/events.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

/** Streams that send the number of the report, every few milliseconds. */
function countingStreams(options: Partial<EventOptions> = {}) {
  const errors: unknown[] = [];
  const counter = { reports: 0 };
  const streams = new EventStreams({
    report: () => `${++counter.reports}`,
    onError: (error) => errors.push(error),
    everyMs: 5,
    ...options,
  });
  const dispose = () => streams.close();
  return { streams, errors, counter, [Symbol.dispose]: dispose };
}

function readerOf(answer: Response) {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    next: async () => (await reader.read()).value,
    cancel: () => reader.cancel(),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("a stream has an event at once, and one after the other", async () => {
  using it = countingStreams();
  const answer = it.streams.open();
  assertEquals(answer.status, 200);
  assertEquals(answer.headers.get("content-type"), "text/event-stream");
  const reader = readerOf(answer);
  assertEquals(await reader.next(), "event: status\ndata: 1\n\n");
  assertEquals(await reader.next(), "event: status\ndata: 2\n\n");
  assertEquals(await reader.next(), "event: status\ndata: 3\n\n");
  await reader.cancel();
});

Deno.test("a stream ends when its reader cancels, and so does the timer", async () => {
  using it = countingStreams();
  const reader = readerOf(it.streams.open());
  await reader.next();
  assertEquals(it.streams.size, 1);
  await reader.cancel();
  assertEquals(it.streams.size, 0);
  const { reports } = it.counter;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(it.counter.reports, reports);
});

Deno.test("all streams end with the server, and there are no more", async () => {
  using it = countingStreams();
  const readers = [1, 2].map(() => readerOf(it.streams.open()));
  assertEquals(it.streams.close(), true);
  assertEquals([it.streams.size, it.streams.close()], [0, false]);
  for (const reader of readers) {
    await reader.next();
    assertEquals(await reader.next(), undefined);
  }
  assertThrows(() => it.streams.open(), HttpError, "the server stops");
});

Deno.test("one report serves all streams", async () => {
  using it = countingStreams({ everyMs: 20 });
  const readers = [1, 2, 3].map(() => readerOf(it.streams.open()));
  for (const reader of readers) await reader.next();
  assertEquals(it.counter.reports, 3);
  for (const reader of readers) {
    assertEquals(await reader.next(), "event: status\ndata: 4\n\n");
  }
});

Deno.test("who does not read is skipped, and has the newest next", async () => {
  using it = countingStreams();
  const slow = it.streams.open().body!.getReader();
  const quick = readerOf(it.streams.open());
  while (it.counter.reports < 20) await quick.next();
  const decode = (value?: Uint8Array) => new TextDecoder().decode(value);
  assertEquals(decode((await slow.read()).value).includes("data: 1\n"), true);
  const { reports } = it.counter;
  const next = decode((await slow.read()).value);
  assertEquals(next, `event: status\ndata: ${reports + 1}\n\n`);
  await slow.cancel();
});

Deno.test("nothing is made while nobody reads", async () => {
  using it = countingStreams();
  const idle = it.streams.open();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(it.counter.reports, 1);
  await idle.body!.cancel();
});

Deno.test("too many streams are 503, until one ends", async () => {
  using it = countingStreams();
  const open = () => readerOf(it.streams.open());
  const readers = Array.from({ length: 64 }, open);
  try {
    open();
    assert(false, "one more was opened");
  } catch (error) {
    assert(error instanceof HttpError);
    assertEquals(error.status, 503);
    assert(error.message.includes("at most 64 clients"), error.message);
  }
  await readers[0].cancel();
  await open().next();
  assertEquals(it.streams.size, 64);
});

Deno.test("a report that fails is told, and the streams go on", async () => {
  let isBroken = false;
  const report = () => {
    if (isBroken) throw new Error("broken");
    return "well";
  };
  using it = countingStreams({ report });
  const reader = readerOf(it.streams.open());
  await reader.next();
  await reader.next();
  isBroken = true;
  const waiting = reader.next();
  await until(() => it.errors.length > 1);
  isBroken = false;
  await waiting;
  assertEquals(await reader.next(), "event: status\ndata: well\n\n");
  isBroken = true;
  assertThrows(() => it.streams.open(), Error, "broken");
  assertEquals(it.streams.size, 1);
  await reader.cancel();
});
