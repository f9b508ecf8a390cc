import { FLAGS } from "../src/cli/flags.ts";
import { Admission, DEFAULT_LIMITS } from "../src/limits.ts";
import { assertEquals } from "./assert.ts";

Deno.test("Admission turns away who exceeds the total", () => {
  const admission = new Admission(2, 0);
  assertEquals(admission.enter("192.0.2.1"), undefined);
  assertEquals(admission.enter("192.0.2.2"), undefined);
  assertEquals(admission.enter("192.0.2.3"), "max-connections");
});

Deno.test("Admission turns away who exceeds the limit of its IP", () => {
  const admission = new Admission(0, 2);
  assertEquals(admission.enter("192.0.2.1"), undefined);
  assertEquals(admission.enter("192.0.2.1"), undefined);
  assertEquals(admission.enter("192.0.2.1"), "max-connections-per-ip");
  assertEquals(admission.enter("192.0.2.2"), undefined);
});

Deno.test("Admission tells the total first when both are exceeded", () => {
  const admission = new Admission(1, 1);
  admission.enter("192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), "max-connections");
});

Deno.test("Admission lets others in after somebody leaves", () => {
  const admission = new Admission(2, 2);
  admission.enter("192.0.2.1");
  admission.enter("192.0.2.1");
  admission.leave("192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), undefined);
  assertEquals(admission.enter("192.0.2.1"), "max-connections");
  admission.leave("192.0.2.1");
  admission.leave("192.0.2.1");
  assertEquals(admission.enter("192.0.2.2"), undefined);
});

Deno.test("Admission goes on counting an IP after one of two leaves", () => {
  const admission = new Admission(0, 2);
  admission.enter("192.0.2.1");
  admission.enter("192.0.2.1");
  admission.leave("192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), undefined);
  assertEquals(admission.enter("192.0.2.1"), "max-connections-per-ip");
});

Deno.test("Admission counts nobody whom it turns away", () => {
  const admission = new Admission(2, 1);
  admission.enter("192.0.2.1");
  admission.enter("192.0.2.1");
  assertEquals(admission.enter("192.0.2.2"), undefined);
  admission.leave("192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), undefined);
});

Deno.test("Admission takes IPv4-mapped IPv6 for the IPv4 address", () => {
  const admission = new Admission(0, 1);
  admission.enter("::ffff:192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), "max-connections-per-ip");
  assertEquals(admission.enter("::FFFF:192.0.2.1"), "max-connections-per-ip");
  admission.leave("192.0.2.1");
  assertEquals(admission.enter("192.0.2.1"), undefined);
});

Deno.test("Admission does not mix up IPv6 addresses", () => {
  const admission = new Admission(0, 1);
  assertEquals(admission.enter("::ffff:1"), undefined);
  assertEquals(admission.enter("::1"), undefined);
  assertEquals(admission.enter("1"), undefined);
});

Deno.test("Admission without limits lets everybody in", () => {
  const admission = new Admission(0, 0);
  const refusals = Array.from(
    { length: 20_000 },
    () => admission.enter("192.0.2.1"),
  );
  assertEquals(refusals.filter((reason) => reason !== undefined), []);
});

Deno.test("DEFAULT_LIMITS are the defaults of the flag table", () => {
  const {
    maxConnections,
    maxConnectionsPerIp,
    idleTimeout,
    writeTimeout,
    maxLifetime,
    maxBytes,
  } = FLAGS;
  assertEquals(DEFAULT_LIMITS, {
    maxConnections: maxConnections.read(maxConnections.default),
    maxConnectionsPerIp: maxConnectionsPerIp.read(maxConnectionsPerIp.default),
    idleTimeoutMs: idleTimeout.read(idleTimeout.default),
    writeTimeoutMs: writeTimeout.read(writeTimeout.default),
    maxLifetimeMs: maxLifetime.read(maxLifetime.default),
    maxBytes: maxBytes.read(maxBytes.default),
  });
});

Deno.test("Admission turns away who finds no room in the process", () => {
  const room = { size: 2, taken: 0 };
  const [one, other] = [new Admission(0, 0, room), new Admission(0, 0, room)];
  assertEquals(one.enter("192.0.2.1"), undefined);
  assertEquals(other.enter("192.0.2.1"), undefined);
  assertEquals(room.taken, 2);
  assertEquals(one.enter("192.0.2.1"), "max-connections");
  assertEquals(room.taken, 2);
  other.leave("192.0.2.1");
  assertEquals(one.enter("192.0.2.1"), undefined);
});
