import {
  type EchoConnection,
  type EchoServer,
  type Fault,
  OptionError,
  serveEcho,
  type ServeEchoOptions,
} from "../../mod.ts";
import { assertRejects } from "../assert.ts";

// `deno check` fails as soon as one of these compiles.
const WRONG: readonly ServeEchoOptions[] = [
  // @ts-expect-error -- no such fault
  { faults: [{ kind: "latancy", ms: 100 }] },
  // @ts-expect-error -- latency needs ms
  { faults: [{ kind: "latency" }] },
  // @ts-expect-error -- bandwidth needs rate
  { faults: [{ kind: "bandwidth", ms: 100 }] },
  // @ts-expect-error -- slicer needs size
  { faults: [{ kind: "slicer", delay: 5 }] },
  // @ts-expect-error -- limit_data needs bytes
  { faults: [{ kind: "limit_data" }] },
  // @ts-expect-error -- timeout needs ms
  { faults: [{ kind: "timeout" }] },
  // @ts-expect-error -- slow_close needs ms
  { faults: [{ kind: "slow_close" }] },
  // @ts-expect-error -- mute has no key bytes
  { faults: [{ kind: "mute", bytes: 1 }] },
  // @ts-expect-error -- never_read has no key ms
  { faults: [{ kind: "never_read", ms: 1 }] },
  // @ts-expect-error -- reset_peer has no key byte
  { faults: [{ kind: "reset_peer", byte: 1 }] },
  // @ts-expect-error -- corrupt has no key share
  { faults: [{ kind: "corrupt", share: 0.1 }] },
  // @ts-expect-error -- drop has no key ms
  { faults: [{ kind: "drop", ms: 1 }] },
  // @ts-expect-error -- duplicate has no key times
  { faults: [{ kind: "duplicate", times: 3 }] },
  // @ts-expect-error -- reorder has no key delay
  { faults: [{ kind: "reorder", delay: 5 }] },
  // @ts-expect-error -- a range has two ends
  { faults: [{ kind: "mute", conn: "1-" }] },
  // @ts-expect-error -- every is a number
  { faults: [{ kind: "mute", every: "other" }] },
  // @ts-expect-error -- a fault says its kind
  { faults: [{ ms: 100 }] },
  // @ts-expect-error -- a seed is a number
  { seed: "x" },
  // @ts-expect-error -- a limit is a number
  { maxBytes: "x" },
  // @ts-expect-error -- so is that of a body
  { maxBody: "1MiB" },
];

Deno.test("what does not compile is refused at run time, too", async () => {
  for (const options of WRONG) {
    await assertRejects(
      () => serveEcho(options),
      OptionError,
      "Cannot use ",
      `${JSON.stringify(options)} was taken`,
    );
  }
});

Deno.test("what compiles is taken", async () => {
  const selector = { p: 0.5, conn: "1-3", every: 2, after: "4KiB" } as const;
  const faults: Fault[] = [
    { kind: "latency", ms: 1, jitter: 1, ...selector },
    { kind: "bandwidth", rate: 1 },
    { kind: "slicer", size: 1, delay: 1, conn: 7 },
    { kind: "limit_data", bytes: 0, after: 10 },
    { kind: "timeout", ms: 1, after: "2s" },
    { kind: "slow_close", ms: 1, peer: "10.0.0.0/8" },
    { kind: "reset_peer" },
    { kind: "reset_peer", bytes: 1, ms: 1 },
    { kind: "corrupt" },
    { kind: "corrupt", rate: 0.1, peer: "::1" },
    { kind: "mute", p: 0 },
    { kind: "never_read", p: 1 },
    { kind: "refuse", every: 3 },
  ];
  await using server = await serveEcho({ faults });
  server.setFaults(faults);
});

/** Never called: what these lines would do does not matter. */
export async function wrongUse(
  server: EchoServer,
  connection: EchoConnection,
): Promise<void> {
  // @ts-expect-error -- a URL is text
  await serveEcho({ listen: 8080 });
  // @ts-expect-error -- no such option
  await serveEcho({ idleTimeout: 1000 });
  // @ts-expect-error -- no such record
  await serveEcho({ onRecord: (record) => record.event === "connected" });
  // @ts-expect-error -- only some records have a peer
  await serveEcho({ onRecord: (record) => void record.peer });
  // @ts-expect-error -- a limit of records is a number
  await serveEcho({ record: { limit: "1MiB" } });
  // @ts-expect-error -- setFaults takes a list
  server.setFaults({ kind: "mute" });
  // @ts-expect-error -- a view of connections is read-only
  server.connections.clear();
  // @ts-expect-error -- what a server has done is read-only
  server.stats.open = 0;
  // @ts-expect-error -- addresses are read-only
  server.addrs.pop();
  // @ts-expect-error -- times are in milliseconds, as numbers
  await server.shutdown({ timeoutMs: "1s" });
  // @ts-expect-error -- text is a pattern, or bytes
  await connection.waitForBytes("hello");
  // @ts-expect-error -- no such reason
  if (await connection.closed === "timeout") connection.abort();
}
