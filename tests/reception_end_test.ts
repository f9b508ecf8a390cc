import type { Fault } from "../src/faults/types.ts";
import { assertEquals } from "./assert.ts";
import { FakeConn, FakeTlsConn, tcp, turn } from "./fake_conn.ts";
import { open, proxied, receive, sending } from "./receiving.ts";

Deno.test("endAll drops handshakes without a word, and is idle after that", async () => {
  const { reception, said, state } = open({ mode: "optional" });
  const begun = new FakeTlsConn(tcp("192.0.2.2", 7));
  const conns = [begun, new FakeConn(), sending("PROX")];
  await receive(reception, ...conns);
  assertEquals([reception.isIdle, state.idle], [false, 0]);
  reception.endAll("shutdown");
  await turn();
  assertEquals([reception.isIdle, state.idle > 0], [true, true]);
  assertEquals(conns.map(({ calls }) => calls[0]), Array(3).fill("abort"));
  assertEquals([said, reception.stats.failedHandshakes], [[], 0]);
});

Deno.test("who comes after endAll is ended, too", async () => {
  const { reception } = open({ mode: "optional" });
  reception.endAll("shutdown");
  const conns = [new FakeConn(), new FakeTlsConn(tcp("192.0.2.2", 7))];
  await receive(reception, ...conns);
  assertEquals(conns.map(({ closed }) => closed), [true, true]);
  assertEquals(reception.isIdle, true);
});

Deno.test("endAll leaves it idle, at whatever moment a header arrives", async () => {
  for (let moment = 0; moment < 20; moment++) {
    for (const conn of [new FakeConn(), new FakeTlsConn()]) {
      const faults: Fault[] = conn instanceof FakeTlsConn
        ? []
        : [{ kind: "refuse" }];
      const { reception, state, said } = open({ mode: "require", faults });
      await receive(reception, conn);
      proxied("203.0.113.9:1", conn);
      for (let i = 0; i < moment; i++) await Promise.resolve();
      const [wasIdle, saidBefore] = [reception.isIdle, said.length];
      reception.endAll("shutdown");
      await turn();
      const isToldOf = wasIdle ? said.length === saidBefore : state.idle > 0;
      const over = [conn.closed, reception.isIdle, isToldOf];
      assertEquals(over, [true, true, true], `${said} in moment ${moment}`);
    }
  }
});
