import { LogWriter } from "../../src/cli/log_writer.ts";
import { assert, assertEquals } from "../assert.ts";
import { inTime } from "../fake_conn.ts";

/** Standard error whose every write waits to be settled. */
class FakeStderr {
  readonly batches: string[] = [];
  readonly writer = new LogWriter(
    (text) => this.#write(text),
    (dropped) => `lost ${dropped}`,
  );
  #writes: PromiseWithResolvers<void>[] = [];
  #begun: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Settles the pending write and waits for the next one to begin. */
  async takeAndAwaitNext(): Promise<void> {
    const next = this.nextWrite();
    this.take();
    await next;
  }

  /** Waits for the next write to begin. */
  async nextWrite(): Promise<void> {
    await inTime(this.#begun.promise, "the next write");
  }

  /** Settles the pending write. */
  take(): void {
    this.#writes.shift()?.resolve();
  }

  /** Fails the pending write. */
  fail(): void {
    this.#writes.shift()?.reject(new Error("EPIPE"));
  }

  #write(text: string): Promise<void> {
    this.batches.push(text);
    const write = Promise.withResolvers<void>();
    this.#writes.push(write);
    const begun = this.#begun;
    this.#begun = Promise.withResolvers();
    begun.resolve();
    return write.promise;
  }
}

/** Lets what is due go on, without any time to pass. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

const MIB = 1024 * 1024;

Deno.test("a line is written at once", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  assertEquals(stderr.batches, ["one\n"]);
  stderr.take();
  await stderr.writer.flush();
  stderr.writer.line("two");
  assertEquals(stderr.batches, ["one\n", "two\n"]);
});

Deno.test("lines that come during a write are written together", async () => {
  const stderr = new FakeStderr();
  for (const line of ["one", "two", "three"]) stderr.writer.line(line);
  assertEquals(stderr.batches, ["one\n"]);
  await stderr.takeAndAwaitNext();
  assertEquals(stderr.batches, ["one\n", "two\nthree\n"]);
});

Deno.test("lines that come soon after a write are written together", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  stderr.take();
  // The write is over, and the next one waits for more.
  await turns(10);
  stderr.writer.line("two");
  await turns(10);
  stderr.writer.line("three");
  assertEquals(stderr.batches, ["one\n"]);
  await stderr.nextWrite();
  assertEquals(stderr.batches, ["one\n", "two\nthree\n"]);
});

Deno.test("flush does not wait for more lines", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  stderr.take();
  await turns(10);
  stderr.writer.line("two");
  const flushing = stderr.writer.flush();
  await turns(10);
  assertEquals(stderr.batches, ["one\n", "two\n"]);
  stderr.take();
  await flushing;
});

Deno.test("what does not fit into the queue is dropped and counted", async () => {
  const stderr = new FakeStderr();
  const large = "x".repeat(MIB - 100);
  stderr.writer.line("first");
  stderr.writer.line(large);
  for (let i = 0; i < 3; i++) stderr.writer.line("y".repeat(100));
  stderr.writer.line("short");
  await stderr.takeAndAwaitNext();
  assertEquals(stderr.batches.slice(1), [`lost 3\n${large}\nshort\n`]);
  stderr.take();
  await stderr.writer.flush();
  // A loss is told once.
  stderr.writer.line("last");
  assertEquals(stderr.batches.slice(2), ["last\n"]);
});

Deno.test("a line that is larger than the queue does not end the log", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("x".repeat(2 * MIB));
  assertEquals(stderr.batches, []);
  stderr.writer.line("short");
  assertEquals(stderr.batches, ["short\n"]);
  await stderr.takeAndAwaitNext();
  assertEquals(stderr.batches, ["short\n", "lost 1\n"]);
  stderr.take();
  await stderr.writer.flush();
  stderr.writer.line("last");
  assertEquals(stderr.batches.slice(2), ["last\n"]);
});

Deno.test("a rejected write ends the log quietly", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  stderr.writer.line("two");
  stderr.fail();
  await stderr.writer.flush();
  stderr.writer.line("three");
  await stderr.writer.flush();
  assertEquals(stderr.batches, ["one\n"]);
});

Deno.test("flush waits until all that is queued is written", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  stderr.writer.line("two");
  let flushed = false;
  const flushing = stderr.writer.flush().then(() => {
    flushed = true;
  });
  await stderr.takeAndAwaitNext();
  assertEquals(flushed, false);
  stderr.take();
  await flushing;
  assertEquals(stderr.batches, ["one\n", "two\n"]);
});

Deno.test("flush returns at once when nothing is queued", async () => {
  const startedAt = performance.now();
  await new FakeStderr().writer.flush();
  assert(performance.now() - startedAt < 500);
});

Deno.test("flush gives up on a reader that is stuck", async () => {
  const stderr = new FakeStderr();
  stderr.writer.line("one");
  const startedAt = performance.now();
  await inTime(stderr.writer.flush(), "the flush");
  assert(performance.now() - startedAt >= 990);
});
