import { AcceptQueue } from "../../src/adapters/accept_queue.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { FakeConn, inTime } from "../fake_conn.ts";

function queueOf(count: number) {
  const queue = new AcceptQueue();
  const conns = Array.from({ length: count }, () => new FakeConn());
  for (const conn of conns) queue.offer(conn);
  const accept = () => inTime(queue.accept(), "a connection");
  return { queue, conns, accept };
}

Deno.test("AcceptQueue hands connections on in order", async () => {
  const { conns, accept } = queueOf(2);
  assert(await accept() === conns[0]);
  assert(await accept() === conns[1]);
  assertEquals(conns.flatMap(({ calls }) => calls), []);
});

Deno.test("AcceptQueue has accept wait for a connection", async () => {
  const { queue, accept } = queueOf(0);
  for (let i = 0; i < 2; i++) {
    const waiting = accept();
    const [conn, next] = [new FakeConn(), new FakeConn()];
    queue.offer(conn);
    queue.offer(next);
    assert(await waiting === conn);
    assert(await accept() === next);
  }
});

Deno.test("AcceptQueue tells a waiting accept of an error, and goes on", async () => {
  const { queue, accept } = queueOf(0);
  const waiting = accept();
  queue.fail(new Error("no descriptors"));
  await assertRejects(() => waiting, Error, "no descriptors");
  // Nobody waits, nobody is told.
  queue.fail(new Error("again"));
  const next = accept();
  const conn = new FakeConn();
  queue.offer(conn);
  assert(await next === conn);
});

Deno.test("AcceptQueue ends a waiting accept, and all that follow", async () => {
  const { queue, accept } = queueOf(0);
  const waiting = accept();
  queue.close();
  assertEquals(await waiting, null);
  assertEquals(await accept(), null);
});

Deno.test("AcceptQueue drops what comes or waits once it is closed", async () => {
  const { queue, conns, accept } = queueOf(2);
  await accept();
  queue.close();
  const late = new FakeConn();
  queue.offer(late);
  assertEquals(conns.map(({ calls }) => calls), [[], ["abort"]]);
  assertEquals(late.calls, ["abort"]);
  assertEquals(await accept(), null);
});
