import { assert, assertEquals } from "../assert.ts";
import { soon } from "../server_process.ts";
import { turn } from "./fake_thread.ts";
import { filled, firstAlone } from "./filling.ts";

Deno.test("a Post is over once its worker has shut down, and takes no other", async () => {
  const { post, spawner, records, thread } = await filled();
  post.shutdown(1234);
  assertEquals(thread.orders.at(-1), { order: "shutdown", timeoutMs: 1234 });
  let isOver = false;
  post.over.then(() => isOver = true);
  await turn();
  assert(!isOver, "it is over before its worker is");
  thread.say({ notice: "finished" });
  await soon(post.over, "the end of a post");
  await turn();
  assertEquals([spawner.threads.length, records], [1, []]);
});

Deno.test("a Post takes nobody else for who dies while it shuts down, and tells what is lost", async () => {
  const { post, spawner, records, thread } = await filled();
  thread.connect(1);
  post.shutdown(1234);
  thread.die("on purpose");
  await soon(post.over, "the end of a post");
  await turn();
  assertEquals(spawner.threads.length, 1);
  assertEquals(records.map(({ event }) => event), [
    ...["connect", "error", "disconnect"],
  ]);
});

Deno.test("a Post that shuts down while it waits to replace a worker is over", async () => {
  const { post, spawner, thread } = await filled();
  thread.die("on purpose");
  const next = await spawner.thread(2);
  await turn();
  next.die("on purpose");
  await turn();
  post.shutdown(1234);
  await soon(post.over, "the end of a post");
  // Longer than the wait was.
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals(spawner.threads.length, 2);
});

for (const how of ["shutdown", "close"] as const) {
  Deno.test(`a Post that is told to ${how} while a worker starts lets it take nobody`, async () => {
    const { post, spawner, thread } = await filled(firstAlone);
    thread.die("on purpose");
    const next = await spawner.thread(2);
    next.say({ notice: "ready" });
    if (how === "close") post.close();
    else post.shutdown(1234);
    next.say({ notice: "listening" });
    await turn();
    const isStopped = next.isTerminated ||
      next.told.some((order) => order === "shutdown" || order === "close");
    next.say({ notice: "finished" });
    await soon(post.over, "the end of a post");
    assert(isStopped, `it was only told to ${next.told}`);
  });
}

Deno.test("a Post tells the end of connections whose worker does not close when it is told to", async () => {
  const { post, records, thread } = await filled();
  thread.connect(1);
  post.close();
  await soon(post.over, "the end of a post");
  assert(thread.isTerminated);
  const [record] = records.filter(({ event }) => event === "disconnect");
  assert(record !== undefined, "nothing is told of connection 1");
});
