import { type Flow, Rates } from "../../src/status/rates.ts";
import { assertEquals } from "../assert.ts";

function flow(id: number, ageMs: number, bytes: number): Flow {
  return { id, ageMs, bytesIn: bytes, bytesOut: 0 };
}

Deno.test("the first rate is the average of both ways over the age", () => {
  const first = { id: 1, ageMs: 2000, bytesIn: 300, bytesOut: 100 };
  assertEquals(new Rates().look([first], 0), [200]);
  assertEquals(new Rates().look([flow(1, 0, 0), flow(2, 0, 9)], 0), [0, 0]);
});

Deno.test("later rates are between looks half a second apart", () => {
  const rates = new Rates();
  assertEquals(rates.look([flow(1, 1000, 1000)], 0), [1000]);
  assertEquals(rates.look([flow(1, 1499, 1499)], 499), [1000]);
  assertEquals(rates.look([flow(1, 1500, 3000)], 500), [4000]);
  assertEquals(rates.look([flow(1, 1600, 9000)], 600), [4000]);
  assertEquals(rates.look([flow(1, 2000, 3000)], 1000), [0]);
});

Deno.test("connections have rates of their own, and are forgotten", () => {
  const rates = new Rates();
  rates.look([flow(1, 1000, 0), flow(2, 1000, 0)], 0);
  assertEquals(
    rates.look([flow(2, 2000, 50), flow(1, 2000, 10), flow(3, 100, 1)], 1000),
    [50, 10, 10],
  );
  assertEquals(rates.size, 3);
  assertEquals(rates.look([flow(3, 1100, 6)], 2000), [5]);
  assertEquals(rates.size, 1);
  rates.look([], 3000);
  assertEquals(rates.size, 0);
});
