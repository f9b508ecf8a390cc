import { ReadBuffer } from "../src/read_buffer.ts";
import { assert, assertEquals } from "./assert.ts";

/** The sizes of a buffer after each of some reads. */
function sizesAfter(buffer: ReadBuffer, reads: readonly number[]): number[] {
  return reads.map((read) => {
    buffer.fit(read);
    return buffer.bytes.length;
  });
}

Deno.test("ReadBuffer's front is what was read, in the buffer of that read", () => {
  const buffer = new ReadBuffer(4, 16);
  buffer.bytes.set([1, 2, 3, 4]);
  assertEquals([...buffer.front(2)], [1, 2]);
  assertEquals([...buffer.front(0)], []);
  const front = buffer.front(3);
  buffer.bytes[0] = 9;
  assertEquals([...front], [9, 2, 3]);
  assert(buffer.front(3) === front);
  buffer.fit(4);
  assertEquals([...buffer.front(3)], [0, 0, 0]);
  assertEquals(buffer.front(16).length, 16);
});

const SMALL = Array(8).fill(1);

Deno.test("ReadBuffer is fourfold once a read fills it, up to the largest", () => {
  const buffer = new ReadBuffer(512, 3000);
  assertEquals(buffer.bytes.length, 512);
  const reads = [511, 512, 2047, 2048, 3000, 3000];
  const sizes = [512, 2048, 2048, 3000, 3000, 3000];
  assertEquals(sizesAfter(buffer, reads), sizes);
});

Deno.test("ReadBuffer is small again after eight small reads", () => {
  const buffer = new ReadBuffer(512, 64 * 1024);
  const bulk = [512, 2048, 8192, 32 * 1024];
  sizesAfter(buffer, bulk);
  const sizes = sizesAfter(buffer, SMALL);
  assertEquals(sizes, [...Array(7).fill(64 * 1024), 512]);
  assertEquals(sizesAfter(buffer, SMALL), Array(8).fill(512));
  // As large as what comes needs, with something to spare.
  sizesAfter(buffer, bulk);
  assertEquals(sizesAfter(buffer, [...SMALL.slice(1), 1000]).at(-1), 4000);
});

Deno.test("ReadBuffer keeps its size while reads are small only now and then", () => {
  const buffer = new ReadBuffer(512, 8192);
  sizesAfter(buffer, [512, 2048]);
  const small = SMALL.slice(1);
  const mixed = [...small, 512, ...small, 8000, ...small];
  assertEquals(sizesAfter(buffer, mixed), Array(23).fill(8192));
  assertEquals(sizesAfter(buffer, [511]), [2044]);
});

Deno.test("ReadBuffer keeps what it is given at first where that is the most", () => {
  const buffer = new ReadBuffer(512, 512);
  assertEquals(sizesAfter(buffer, [512, 1, ...SMALL]), Array(10).fill(512));
});
