import { RateLimiter } from "../../src/udp/rate_limiter.ts";
import { assertEquals } from "../assert.ts";

/** How many of so many datagrams of a source are taken at a time. */
function taken(
  limiter: RateLimiter,
  source: string,
  now: number,
  count = 10,
): number {
  const results = Array.from(
    { length: count },
    () => limiter.take(source, now),
  );
  const first = results.indexOf(false);
  // Whoever has had enough gets no more.
  assertEquals(results.includes(true, first < 0 ? count : first), false);
  return first < 0 ? count : first;
}

Deno.test("RateLimiter takes so many of each source in a second", () => {
  const limiter = new RateLimiter(3);
  assertEquals(taken(limiter, "192.0.2.1", 5000), 3);
  assertEquals(taken(limiter, "192.0.2.1", 5999), 0);
  assertEquals(taken(limiter, "192.0.2.2", 5999), 3);
  assertEquals(taken(limiter, "2001:db8::1", 5999, 2), 2);
  assertEquals(taken(limiter, "2001:db8::1", 5999, 2), 1);
});

Deno.test("RateLimiter begins anew a second after the first of a window", () => {
  const limiter = new RateLimiter(2);
  const windows: [now: number, taken: number][] = [
    [0, 2],
    [999.9, 0],
    [1000, 2],
    [1999, 0],
    // Nobody came at 2000, so the window begins later.
    [2500, 2],
    [3400, 0],
    [3500, 2],
    [90_000, 2],
    [90_500, 0],
  ];
  for (const [now, expected] of windows) {
    assertEquals(taken(limiter, "192.0.2.1", now), expected, `${now}`);
  }
});

Deno.test("RateLimiter takes from the first on, whatever the clock says", () => {
  for (const now of [0, 1, 1e12]) {
    assertEquals(taken(new RateLimiter(1), "192.0.2.1", now), 1);
  }
});

Deno.test("RateLimiter tells no more sources apart than its table holds", () => {
  const limiter = new RateLimiter(2, 3);
  for (const source of ["a", "b", "c"]) {
    assertEquals(limiter.take(source, 0), true);
  }
  assertEquals([limiter.take("d", 0), limiter.take("e", 500)], [false, false]);
  // Those that are known go on.
  for (const source of ["a", "b", "c"]) {
    assertEquals(taken(limiter, source, 500), 1);
  }
  assertEquals(["d", "e", "f", "a"].map((it) => limiter.take(it, 1000)), [
    ...[true, true, true, false],
  ]);
});

Deno.test("RateLimiter knows 65536 sources unless told otherwise", () => {
  const limiter = new RateLimiter(1);
  let count = 0;
  while (count < 100_000 && limiter.take(`${count}`, 0)) count++;
  assertEquals(count, 65_536);
});
