import { corrupt } from "../../src/faults/corrupt.ts";
import { draw } from "../../src/faults/random.ts";
import { assert, assertEquals } from "../assert.ts";
import { FakeControl } from "./fake_stage.ts";

/** Which bits are flipped in so many bytes, chunk by chunk. */
function flipped(sizes: readonly number[], rate?: number, control = chance()) {
  const stage = corrupt.stage({ kind: "corrupt", rate }, control);
  let offset = 0;
  const bits = sizes.flatMap((size) => {
    const data = new Uint8Array(size);
    const [piece] = stage.pass!({ data, offset, dueAt: 1000 });
    assert(data.every((byte) => byte === 0), "the chunk itself was changed");
    assertEquals([piece.offset, piece.dueAt], [offset, 1000]);
    offset += size;
    return [...piece.data];
  });
  return bits;
}

function chance() {
  return new FakeControl((offset) => draw(1, 1, 0, offset));
}

Deno.test("corrupt flips one bit in about its share of the bytes", () => {
  const bits = flipped([100_000], 0.1);
  const hit = bits.filter((byte) => byte !== 0);
  assert(hit.length > 9_500 && hit.length < 10_500, `${hit.length}`);
  for (let bit = 0; bit < 8; bit++) {
    const count = hit.filter((byte) => byte === 1 << bit).length;
    assert(count > 1_000 && count < 1_500, `bit ${bit}: ${count}`);
  }
  assert(hit.every((byte) => Math.log2(byte) % 1 === 0));
});

Deno.test("corrupt hits the same bytes however they are cut into chunks", () => {
  const whole = flipped([5000], 0.05);
  assert(whole.some((byte) => byte !== 0));
  assertEquals(flipped([1, 999, 3000, 1000], 0.05), whole);
});

Deno.test("corrupt hits no byte at 0, every byte at 1, and 1 % by default", () => {
  assert(flipped([10_000], 0).every((byte) => byte === 0));
  assert(flipped([10_000], 1).every((byte) => byte !== 0));
  const hits = flipped([100_000]).filter((byte) => byte !== 0).length;
  assert(hits > 850 && hits < 1150, `${hits}`);
});

Deno.test("corrupt flips the bit that was decided", () => {
  const control = new FakeControl();
  control.decide = (offset) => offset === 2 ? 7 : offset === 3 ? 0 : undefined;
  assertEquals(flipped([2, 3], 0.5, control), [0, 0, 128, 1, 0]);
});
