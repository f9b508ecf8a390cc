import { parseListenUrl } from "../src/listen_url.ts";
import type { ServerRecord } from "../src/records.ts";
import {
  acceptError,
  listeningRecord,
  safeTeller,
  warnOfRoom,
} from "../src/tell.ts";
import { assert, assertEquals } from "./assert.ts";

const RECORD: ServerRecord = { event: "warning", message: "careful" };

/** Collects what is reported as uncaught, until the end of the test. */
function uncaught() {
  const errors: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error);
  };
  addEventListener("error", onError);
  const stop = () => removeEventListener("error", onError);
  return { errors, [Symbol.dispose]: stop };
}

Deno.test("safeTeller tells, and nobody need listen", () => {
  const told: ServerRecord[] = [];
  safeTeller((record) => told.push(record))(RECORD);
  assertEquals(told, [RECORD]);
  safeTeller()(RECORD);
});

Deno.test("what a listener throws is reported as uncaught, and harms nobody", () => {
  using reported = uncaught();
  const error = new Error("not my day");
  const tell = safeTeller(() => {
    throw error;
  });
  tell(RECORD);
  tell(RECORD);
  assertEquals(reported.errors.length, 2);
  assert(reported.errors.every((one) => one === error));
});

Deno.test("warnOfRoom warns of a limit that there is no room for", () => {
  const message = "Connections are limited to 100, since file descriptors " +
    "might run out with more: raise the limit of open files (ulimit -n)";
  const warning = { event: "warning", message } as const;
  // 0 stands for no limit, which no room is enough for.
  for (const maxConnections of [101, 10_000, 0]) {
    assertEquals(warnOfRoom(maxConnections, { size: 100 }), warning);
  }
  const hint = "set LimitNOFILE";
  assertEquals(
    warnOfRoom(0, { size: 100, hint })?.message,
    message.replace(/raise .*/, hint),
  );
});

Deno.test("warnOfRoom has nothing to say of a limit that nobody set, or that fits", () => {
  assertEquals(warnOfRoom(100, { size: 100 }), undefined);
  assertEquals(warnOfRoom(undefined, { size: 100 }), undefined);
  assertEquals(warnOfRoom(0, undefined), undefined);
});

Deno.test("listeningRecord tells the certificate of listeners for TLS alone", () => {
  const cases: [url: string, isSecure: boolean][] = [
    ...[["tcp://[::1]:7", false], ["tls://[::1]:7", true]],
    ...[["http://[::1]:7", false], ["https://[::1]:7", true]],
    ...[["udp://[::1]:7", false], ["unix:/run/x", false]],
  ] as [string, boolean][];
  for (const [url, isSecure] of cases) {
    const record = listeningRecord(
      ...[parseListenUrl(url), "fake 1.0.0", undefined, "ab:cd"] as const,
    );
    assertEquals(record, {
      ...{ event: "listening", url, runtime: "fake 1.0.0" },
      ...(isSecure && { fingerprint: "ab:cd" }),
    }, url);
  }
});

Deno.test("listeningRecord tells the seed, even if it is 0", () => {
  const addr = parseListenUrl("tcp://[::1]:7");
  for (const seed of [0, 42]) {
    const record = listeningRecord(addr, "fake 1.0.0", seed, undefined);
    assertEquals(record.seed, seed);
  }
});

Deno.test("acceptError names the listener and the error", () => {
  const addr = parseListenUrl("https://[::1]:7");
  assertEquals(acceptError(addr, new Error("too many open files")), {
    event: "error",
    message: "Cannot accept on https://[::1]:7: too many open files; " +
      "trying again until it works",
  });
});
