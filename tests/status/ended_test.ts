import { EndedConnections } from "../../src/status/ended.ts";
import { assert, assertEquals } from "../assert.ts";
import { disconnect } from "./fake_subject.ts";

Deno.test("connections that have ended are kept, with when and why", () => {
  const ended = new EndedConnections();
  const before = Date.now();
  ended.record(disconnect({ reason: "error", error: "<b>", client: "::2" }));
  const [{ endedAt, ...rest }] = ended.list;
  assertEquals(rest, {
    ...{ id: 1, peer: "192.0.2.1:5555", client: "::2", reason: "error" },
    ...{ error: "<b>", bytesIn: 10, bytesOut: 6, durationMs: 12 },
  });
  assertEquals(new Date(endedAt).toISOString(), endedAt);
  assert(Date.parse(endedAt) >= before && Date.parse(endedAt) <= Date.now());
});

Deno.test("other records end no connection", () => {
  const ended = new EndedConnections();
  ended.record({ event: "connect", id: 1, peer: "192.0.2.1:5555" });
  ended.record({ event: "shutdown", connections: 1, timeoutMs: 1 });
  assertEquals(ended.list, []);
});

Deno.test("the latest hundred are kept, the latest first", () => {
  const ended = new EndedConnections();
  for (let id = 1; id <= 1234; id++) ended.record(disconnect({ id }));
  const ids = ended.list.map(({ id }) => id);
  assertEquals(ids, Array.from({ length: 100 }, (_, at) => 1234 - at));
});
