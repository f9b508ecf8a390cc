import { DEFAULT_RECORD_LIMIT, Recording } from "../src/recording.ts";
import { assert, assertEquals } from "./assert.ts";
import { bytesOf, textOf } from "./fake_conn.ts";

Deno.test("Recording keeps copies, and gives copies", () => {
  const recording = new Recording();
  assertEquals(recording.bytes.length, 0);
  const data = bytesOf("abc");
  recording.add(data);
  data.fill(0);
  recording.add(bytesOf("de"));
  recording.bytes.fill(0);
  assertEquals(textOf(recording.bytes), "abcde");
  assertEquals(recording.missed, 0);
});

Deno.test("Recording grows for small chunks and for large ones", () => {
  for (const size of [1, 700, 1024, 1025, 5000]) {
    const recording = new Recording();
    const all: number[] = [];
    for (let round = 0; round < 9; round++) {
      const chunk = new Uint8Array(size).map((_, at) => at + round);
      recording.add(chunk);
      all.push(...chunk);
    }
    assertEquals([...recording.bytes], all);
  }
});

Deno.test("Recording keeps what its limit allows, and counts the rest", () => {
  for (const limit of [0, 1, 3, 4, 5, 2000]) {
    const recording = new Recording(limit);
    const text = "abcdef".repeat(500);
    for (let at = 0; at < text.length; at += 4) {
      recording.add(bytesOf(text.slice(at, at + 4)));
    }
    assertEquals(textOf(recording.bytes), text.slice(0, limit));
    assertEquals(recording.missed, text.length - limit);
  }
});

Deno.test("Recording keeps 1 MiB by default", () => {
  assertEquals(DEFAULT_RECORD_LIMIT, 1_048_576);
  const recording = new Recording();
  recording.add(new Uint8Array(1_048_577));
  assertEquals([recording.bytes.length, recording.missed], [1_048_576, 1]);
});

Deno.test("Recording shows what it keeps without a copy", () => {
  const recording = new Recording(3);
  for (const text of ["ab", "cde"]) {
    recording.add(bytesOf(text));
    assertEquals(recording.length, recording.bytes.length);
    assertEquals(recording.view, recording.bytes);
  }
  assertEquals(recording.length, 3);
  assert(recording.view.buffer === recording.view.buffer);
});

Deno.test("Recording tells watchers after every change, until they leave", () => {
  const recording = new Recording(3);
  const seen: string[] = [];
  const leave = recording.watch(() =>
    seen.push(textOf(recording.bytes) + recording.missed)
  );
  recording.add(bytesOf("ab"));
  recording.add(bytesOf("cd"));
  leave();
  recording.add(bytesOf("e"));
  assertEquals(seen, ["ab0", "abc1"]);
});
