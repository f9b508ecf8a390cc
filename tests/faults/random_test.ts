import { draw, randomSeed } from "../../src/faults/random.ts";
import { assert, assertEquals } from "../assert.ts";

function numbers(count: number, make: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** How far the fullest and the emptiest of 16 equal parts are off, at most. */
function unevenness(drawn: readonly number[]): number {
  const counts = new Array<number>(16).fill(0);
  for (const number of drawn) counts[Math.floor(number * 16)]++;
  const mean = drawn.length / 16;
  return Math.max(...counts.map((count) => Math.abs(count - mean) / mean));
}

Deno.test("draw gives the same number for the same keys", () => {
  for (const keys of [[], [1], [1, 2, 3], [1, 2, -1], [1, 0, 2 ** 40]]) {
    assertEquals(draw(7, ...keys), draw(7, ...keys));
  }
});

Deno.test("draw gives numbers from 0 to 1, but never 1", () => {
  const drawn = numbers(100_000, (i) => draw(i, i, i));
  assert(drawn.every((number) => number >= 0 && number < 1));
});

Deno.test("draw is even in every key and in the seed", () => {
  const COUNT = 100_000;
  const byKey = [
    numbers(COUNT, (i) => draw(i, 1, 0, -1)),
    numbers(COUNT, (i) => draw(1, i, 0, -1)),
    numbers(COUNT, (i) => draw(1, 1, i, -1)),
    numbers(COUNT, (i) => draw(1, 1, 0, i)),
    numbers(COUNT, (i) => draw(1, 1, 0, i * 65_536)),
  ];
  for (const drawn of byKey) {
    assert(unevenness(drawn) < 0.06, `${unevenness(drawn)}`);
  }
});

Deno.test("draw says nothing about the next number", () => {
  const drawn = numbers(100_000, (i) => draw(1, 1, 0, i));
  const differences = drawn.slice(1).map((number, i) =>
    (number - drawn[i] + 1) % 1
  );
  assert(unevenness(differences) < 0.06, `${unevenness(differences)}`);
});

Deno.test("draw tells apart offsets that differ above 32 bits", () => {
  const offsets = [0, 1, 2, 3].map((high) => 5 + high * 2 ** 32);
  const drawn = offsets.map((offset) => draw(1, 1, 0, offset));
  assertEquals(new Set(drawn).size, offsets.length);
  assert(draw(1, 1, 0, -1) !== draw(1, 1, 0, 2 ** 32 - 1));
});

Deno.test("draw tells keys apart by their places", () => {
  const drawn = [draw(1, 2, 3), draw(1, 3, 2), draw(1, 2), draw(1, 2, 3, 0)];
  assertEquals(new Set(drawn).size, drawn.length);
});

Deno.test("another seed decides otherwise, not the same for other connections", () => {
  assert(draw(1, 5, 0, -1) !== draw(2, 5, 0, -1));
  const decided = (seed: number) =>
    new Set(numbers(64, (conn) => draw(seed, conn, 0, -1)));
  const [one, other] = [decided(1), decided(2)];
  assertEquals([...one].filter((number) => other.has(number)), []);
});

Deno.test("randomSeed gives 32 bits that nobody foresees", () => {
  const seeds = numbers(8, randomSeed);
  assert(seeds.every((seed) => Number.isInteger(seed) && seed >= 0));
  assert(seeds.every((seed) => seed < 2 ** 32));
  assert(new Set(seeds).size > 1);
});
