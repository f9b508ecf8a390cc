import { FLAGS } from "../src/cli/flags.ts";
import {
  Admission,
  DEFAULT_LIMITS,
  type RefusalReason,
} from "../src/limits.ts";
import { assertEquals } from "./assert.ts";

function enter(
  admission: Admission,
  ip: string | undefined,
): RefusalReason | undefined {
  const refusal = admission.enter();
  if (refusal) return refusal;
  const refusalOfIp = admission.enterIp(ip);
  if (refusalOfIp) admission.leave();
  return refusalOfIp;
}

function leave(admission: Admission, ip: string | undefined): void {
  admission.leaveIp(ip);
  admission.leave();
}

Deno.test("Admission turns away who exceeds the total", () => {
  const admission = new Admission(2, 0);
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.2"), undefined);
  assertEquals(enter(admission, "192.0.2.3"), "max-connections");
});

Deno.test("Admission turns away who exceeds the limit of its IP", () => {
  const admission = new Admission(0, 2);
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.1"), "max-connections-per-ip");
  assertEquals(enter(admission, "192.0.2.2"), undefined);
});

Deno.test("Admission tells the total first when both are exceeded", () => {
  const admission = new Admission(1, 1);
  enter(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), "max-connections");
});

Deno.test("Admission lets others in after somebody leaves", () => {
  const admission = new Admission(2, 2);
  enter(admission, "192.0.2.1");
  enter(admission, "192.0.2.1");
  leave(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.1"), "max-connections");
  leave(admission, "192.0.2.1");
  leave(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.2"), undefined);
});

Deno.test("Admission goes on counting an IP after one of two leaves", () => {
  const admission = new Admission(0, 2);
  enter(admission, "192.0.2.1");
  enter(admission, "192.0.2.1");
  leave(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.1"), "max-connections-per-ip");
});

Deno.test("Admission counts nobody whom it turns away", () => {
  const admission = new Admission(2, 1);
  enter(admission, "192.0.2.1");
  enter(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.2"), undefined);
  leave(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), undefined);
});

Deno.test("Admission takes IPv4-mapped IPv6 for the IPv4 address", () => {
  const admission = new Admission(0, 1);
  enter(admission, "::ffff:192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), "max-connections-per-ip");
  assertEquals(enter(admission, "::FFFF:192.0.2.1"), "max-connections-per-ip");
  leave(admission, "192.0.2.1");
  assertEquals(enter(admission, "192.0.2.1"), undefined);
});

Deno.test("Admission does not mix up IPv6 addresses", () => {
  const admission = new Admission(0, 1);
  assertEquals(enter(admission, "::ffff:1"), undefined);
  assertEquals(enter(admission, "::1"), undefined);
  assertEquals(enter(admission, "1"), undefined);
});

Deno.test("Admission without limits lets everybody in", () => {
  const admission = new Admission(0, 0);
  const refusals = Array.from(
    { length: 20_000 },
    () => enter(admission, "192.0.2.1"),
  );
  assertEquals(refusals.filter((reason) => reason !== undefined), []);
});

Deno.test("DEFAULT_LIMITS are the defaults of the flag table", () => {
  const {
    maxConnections,
    maxConnectionsPerIp,
    idleTimeout,
    writeTimeout,
    handshakeTimeout,
    maxLifetime,
    maxBytes,
  } = FLAGS;
  assertEquals(DEFAULT_LIMITS, {
    maxConnections: maxConnections.read(maxConnections.default),
    maxConnectionsPerIp: maxConnectionsPerIp.read(maxConnectionsPerIp.default),
    idleTimeoutMs: idleTimeout.read(idleTimeout.default),
    writeTimeoutMs: writeTimeout.read(writeTimeout.default),
    handshakeTimeoutMs: handshakeTimeout.read(handshakeTimeout.default),
    maxLifetimeMs: maxLifetime.read(maxLifetime.default),
    maxBytes: maxBytes.read(maxBytes.default),
  });
});

Deno.test("Admission turns away who finds no room in the process", () => {
  const room = { size: 2, taken: 0 };
  const [one, other] = [new Admission(0, 0, room), new Admission(0, 0, room)];
  assertEquals(enter(one, "192.0.2.1"), undefined);
  assertEquals(enter(other, "192.0.2.1"), undefined);
  assertEquals(room.taken, 2);
  assertEquals(enter(one, "192.0.2.1"), "max-connections");
  assertEquals(room.taken, 2);
  leave(other, "192.0.2.1");
  assertEquals(enter(one, "192.0.2.1"), undefined);
});

Deno.test("Admission holds nobody without an IP to the limit of one", () => {
  const admission = new Admission(3, 1);
  assertEquals(enter(admission, undefined), undefined);
  assertEquals(enter(admission, undefined), undefined);
  leave(admission, undefined);
  assertEquals(enter(admission, "192.0.2.1"), undefined);
  assertEquals(enter(admission, "192.0.2.1"), "max-connections-per-ip");
  assertEquals(enter(admission, undefined), undefined);
  assertEquals(enter(admission, undefined), "max-connections");
});

Deno.test("Admission counts who has no IP yet against the total alone", () => {
  const admission = new Admission(2, 1);
  assertEquals(admission.enter(), undefined);
  assertEquals(admission.enter(), undefined);
  assertEquals(admission.enter(), "max-connections");
  assertEquals(admission.enterIp("192.0.2.1"), undefined);
  assertEquals(admission.enterIp("192.0.2.1"), "max-connections-per-ip");
  admission.leave();
  assertEquals(admission.enter(), undefined);
});

Deno.test("Admission counts the files that a newcomer takes, not its head alone", () => {
  const room = { size: 5, taken: 0 };
  const admission = new Admission(0, 0, room);
  assertEquals(admission.enter(3), undefined);
  assertEquals(admission.enter(3), "max-connections");
  assertEquals(room.taken, 3);
  assertEquals([admission.enter(), admission.enter(1)], [undefined, undefined]);
  assertEquals(admission.enter(), "max-connections");
  admission.leave(3);
  assertEquals(room.taken, 2);
  assertEquals(admission.enter(3), undefined);
  assertEquals(room.taken, 5);
});

Deno.test("Admission counts whoever takes many files as one connection", () => {
  const admission = new Admission(2, 0, { size: 100, taken: 0 });
  assertEquals([admission.enter(3), admission.enter(3)], [
    undefined,
    undefined,
  ]);
  assertEquals(admission.enter(3), "max-connections");
  admission.leave(3);
  assertEquals(admission.enter(3), undefined);
});
