import { Noise, PERIOD } from "../../src/client/noise.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("noise depends on its seed alone", () => {
  const [one, same, other] = [1, 1, 2].map((seed) => new Noise(seed, 64));
  const bytes = one.slice(0, 64);
  assertEquals(bytes, same.slice(0, 64));
  assert(other.slice(0, 64).some((byte, at) => byte !== bytes[at]));
});

Deno.test("noise has every byte about equally often", () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    const counts = new Array(256).fill(0);
    for (const byte of new Noise(seed, PERIOD).slice(0, PERIOD)) counts[byte]++;
    const even = PERIOD / 256;
    for (const count of counts) {
      assert(Math.abs(count - even) < even / 8, `${seed}: ${count}`);
    }
  }
});

Deno.test("slices lie in one stream, also where it begins anew", () => {
  const noise = new Noise(3, 100);
  const stream = new Noise(3, PERIOD).slice(0, PERIOD);
  for (
    const at of [0, 1, 63, PERIOD - 100, PERIOD - 1, PERIOD, 5 * PERIOD + 7]
  ) {
    const slice = noise.slice(at, 100);
    assertEquals(slice.length, 100);
    const expected = slice.map((_, i) => stream[(at + i) % PERIOD]);
    assertEquals(slice, expected, `${at}`);
  }
  assertEquals(noise.slice(0, 1000).length, 100);
  assertEquals(noise.slice(0, 7).length, 7);
});

Deno.test("differs finds the first byte that is not as it was sent", () => {
  const noise = new Noise(4, 64);
  for (const at of [0, 5, PERIOD - 10, 3 * PERIOD + 1]) {
    for (const length of [1, 64, 200]) {
      const bytes = Uint8Array.from(
        { length },
        (_, i) => noise.byteAt(at + i),
      );
      assertEquals(noise.differs(at, bytes), -1);
      for (const wrong of new Set([0, length >> 1, length - 1])) {
        const spoilt = bytes.slice();
        spoilt[wrong] ^= 1;
        spoilt[length - 1] ^= 2;
        assertEquals(noise.differs(at, spoilt), wrong, `${at} ${length}`);
      }
    }
  }
});

Deno.test("messages differ from each other, whatever their size", () => {
  for (const size of [8, 64, 1000, 32_768]) {
    const noise = new Noise(5, size);
    const heads = Array.from(
      { length: 2048 },
      (_, number) => noise.message(number, size).subarray(0, 8).join(),
    );
    assertEquals(new Set(heads).size, heads.length, `${size}`);
  }
});

Deno.test("one message after another on a stream is never as an older one, whatever its size", () => {
  for (const size of [64, 1000, 65_536, 2 ** 20, 3 * 2 ** 20, 64 * 2 ** 20]) {
    const noise = new Noise(6, 8);
    const heads = Array.from(
      { length: 2048 },
      (_, message) => noise.slice(message * size, 8).join(),
    );
    assertEquals(new Set(heads).size, heads.length, `${size}`);
  }
});
