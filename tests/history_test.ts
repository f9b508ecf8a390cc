import { History } from "../src/history.ts";
import { WaitError } from "../src/wait.ts";
import { assert, assertRejects } from "./assert.ts";
import { fakeConnection } from "./fake_conn.ts";

function historyOf(most: number, ...ids: number[]) {
  const history = new History(most);
  const add = (id: number) => {
    const { connection } = fakeConnection({ id });
    history.add(connection);
    return connection;
  };
  return { history, add, connections: ids.map(add) };
}

Deno.test("History gives a connection that it has, even when it is over", async () => {
  const { history, connections } = historyOf(10, 1, 2, 3);
  connections[1].end("eof");
  connections[1].settle();
  for (const connection of connections) {
    assert(await history.waitFor(connection.id) === connection);
  }
});

Deno.test("History waits for a connection to come", async () => {
  const { history, add } = historyOf(10);
  const waiting = [history.waitFor(2), history.waitFor(1), history.waitFor(2)];
  const [first, second] = [add(1), add(2)];
  const [two, one, again] = await Promise.all(waiting);
  assert(one === first && two === second && again === second);
});

Deno.test("History says in time which connection is the latest", async () => {
  const { history, add } = historyOf(10);
  const wait = () => history.waitFor(3, { timeoutMs: 1 });
  await assertRejects(
    wait,
    WaitError,
    "Waited 1 ms for connection 3, the latest is number 0",
  );
  add(1);
  history.skip(2);
  await assertRejects(wait, WaitError, "the latest is number 2");
});

Deno.test("History keeps the latest connections alone", async () => {
  const { history, connections } = historyOf(2, 1, 2, 3);
  assert(await history.waitFor(2) === connections[1]);
  assert(await history.waitFor(3) === connections[2]);
  await assertRejects(
    () => history.waitFor(1, { timeoutMs: 60_000 }),
    WaitError,
    "Waited for connection 1, which was refused, or is no longer " +
      "remembered; the latest is number 3",
  );
});

Deno.test("History gives up on a number that was passed over", async () => {
  for (const pass of ["add", "skip"] as const) {
    const { history, add } = historyOf(10, 1);
    const waiting = assertRejects(
      () => history.waitFor(2, { timeoutMs: 60_000 }),
      WaitError,
      "Waited for connection 2, which was refused",
    );
    if (pass === "add") add(3);
    else history.skip(2);
    await waiting;
  }
});

Deno.test("History gives up when there will be no more connections", async () => {
  const { history, connections } = historyOf(10, 1);
  const wait = () =>
    assertRejects(
      () => history.waitFor(2, { timeoutMs: 60_000 }),
      WaitError,
      "Waited for connection 2, the latest is number 1, and the server has " +
        "stopped",
    );
  const waiting = wait();
  history.end();
  await waiting;
  await wait();
  assert(await history.waitFor(1) === connections[0]);
});

Deno.test("History that keeps nothing finds nothing", async () => {
  const { history } = historyOf(0, 1);
  await assertRejects(
    () => history.waitFor(1, { timeoutMs: 60_000 }),
    WaitError,
    "Waited for connection 1, which was refused, or is no longer " +
      "remembered; the latest is number 1",
  );
});

Deno.test("History waits for one that is expected behind later ones", async () => {
  for (const outcome of ["add", "skip", "end"] as const) {
    const { history, add } = historyOf(10);
    history.expect(1);
    const [second, first] = [add(2), history.waitFor(1)];
    assert(await history.waitFor(2) === second);
    if (outcome === "add") {
      assert(add(1) === await first);
      continue;
    }
    if (outcome === "skip") history.skip(1);
    else history.end();
    const state = outcome === "end" ? ", and the server has stopped" : "";
    const message = `the latest is number 2${state}`;
    await assertRejects(() => first, WaitError, message);
  }
});
