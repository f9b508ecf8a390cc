import { assertEquals } from "../assert.ts";
import { inTime } from "../fake_conn.ts";
import type { HostileRequest } from "./hostile_worker.ts";

// Far more than either runtime lets through, so that what is not linear takes
// hours, and not seconds.
const LENGTH = 2_000_000;

/** Answers a request in a thread of its own, and gives up on it in the end. */
async function answerOf(request: HostileRequest): Promise<number> {
  const url = new URL("./hostile_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(request);
  try {
    return await inTime(promise, "an answer to a hostile request");
  } finally {
    worker.terminate();
  }
}

Deno.test("no list of encodings keeps the server busy", async () => {
  const digits = "1".repeat(LENGTH);
  const spaces = " ".repeat(LENGTH);
  for (
    const accepted of [
      `gzip;q=.${digits}x`,
      `gzip;q=0.${digits}x`,
      `gzip${spaces}x`,
      `gzip;${spaces}x`,
      `a${spaces}gzip;q=0`,
      "gzip ".repeat(LENGTH / 5),
      `${"gzip;q=0,".repeat(LENGTH / 9)}`,
    ]
  ) {
    const headers = { "accept-encoding": accepted };
    assertEquals(
      await answerOf({ path: "/", headers }),
      200,
      accepted.slice(0, 12),
    );
  }
});

Deno.test("no content type keeps the server busy", async () => {
  const spaces = " ".repeat(LENGTH);
  for (
    const claimed of [
      `text/plain;${spaces}x`,
      `text/plain;charset=utf-8${spaces}x`,
      `text/plain${"; ".repeat(LENGTH / 2)}x`,
    ]
  ) {
    const headers = { "content-type": claimed };
    assertEquals(await answerOf({ path: "/", headers, body: "abc" }), 200);
  }
});

Deno.test("no query keeps the server busy", async () => {
  const names = Array.from({ length: 250_000 }, (_, at) => at.toString(36));
  assertEquals(
    await answerOf({ path: `/?${names.join("&")}`, headers: {} }),
    200,
  );
});
