import { Backlog } from "../../src/http/backlog.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { inTime, turn } from "../fake_conn.ts";

const KIB = 1024;

/** A backlog, whether it has room, and a part that is read of it. */
function open() {
  const backlog = new Backlog();
  const waits: string[] = [];
  const wait = (name: string) =>
    inTime(backlog.room(), "room").then(() => waits.push(name));
  const read = (size?: number) =>
    backlog.read(() =>
      Promise.resolve({ value: size ? new Uint8Array(size) : undefined })
    );
  return { backlog, waits, wait, read };
}

/** Long enough for what looks now and then to have looked, and to be over. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

Deno.test("Backlog has room for 256 KiB that nobody has read, and no more", async () => {
  const { backlog, waits, wait, read } = open();
  backlog.give(256 * KIB);
  await wait("full");
  backlog.give(1);
  const waiting = wait("beyond");
  await aWhile();
  assertEquals(waits, ["full"]);
  await read(1);
  await waiting;
  assertEquals(waits, ["full", "beyond"]);
  await aWhile();
});

Deno.test("Backlog waits on where a part makes too little room", async () => {
  const { backlog, waits, wait, read } = open();
  backlog.give(300 * KIB);
  const waiting = wait("room");
  for (let i = 0; i < 4; i++) {
    await read(10 * KIB);
    await turn();
  }
  assertEquals(waits, []);
  await read(10 * KIB);
  await waiting;
  await aWhile();
});

Deno.test("Backlog gives more to who waits for more, whatever it has counted", async () => {
  const { backlog, wait } = open();
  // As of a body in small chunks, most of which is what frames it.
  backlog.give(1024 * KIB);
  const next = Promise.withResolvers<{ value?: Uint8Array }>();
  const reading = backlog.read(() => next.promise);
  await wait("starving");
  next.resolve({});
  await reading;
  await aWhile();
});

Deno.test("Backlog has room again once there is no body any more", async () => {
  const { backlog, wait } = open();
  backlog.give(1024 * KIB);
  const waiting = wait("cleared");
  await turn();
  backlog.clear();
  await waiting;
  await aWhile();
});

Deno.test("a read that fails fails, and is no reader any more", async () => {
  const { backlog, waits, wait } = open();
  const fail = () => Promise.reject(new Error("the client has left"));
  await assertRejects(() => backlog.read(fail), Error, "the client has left");
  backlog.give(1024 * KIB);
  const waiting = wait("room");
  await aWhile();
  assertEquals(waits, []);
  backlog.clear();
  await waiting;
  await aWhile();
});
