import {
  BuiltinProgressBar,
  type ProgressBarOptions,
} from "../../src/progress_bar.ts";
import { createProgressBar } from "../../src/std.ts";
import { assert, assertEquals } from "../assert.ts";

/** How a bar is drawn, and what it draws. */
function drawing(own: Partial<ProgressBarOptions> = {}) {
  const drawn: string[] = [];
  const decoder = new TextDecoder();
  const options: ProgressBarOptions = {
    writable: new WritableStream({
      write: (chunk) => void drawn.push(decoder.decode(chunk)),
    }),
    max: 10,
    clear: false,
    format: ({ time, progressBar }) =>
      `${time < 60_000 ? "soon" : time} [${progressBar}]`,
    ...own,
  };
  return { drawn, options };
}

// Both sides have to look the same: the stand-in, and `@std/cli` if it is there.
const SIDES = [
  ["the stand-in", (options) => new BuiltinProgressBar(options)],
  ["what is loaded", (options) => createProgressBar(options)],
] as const satisfies readonly [
  string,
  (options: ProgressBarOptions) => unknown,
][];

for (const [name, create] of SIDES) {
  Deno.test(`${name}: a bar is empty at first, and as full as its value in the end`, async () => {
    const { drawn, options } = drawing();
    const bar = await create(options);
    bar.value = 5;
    await bar.stop();
    const text = drawn.join("");
    assertEquals(
      text,
      `\r\x1b[Ksoon [${"-".repeat(50)}]` +
        `\r\x1b[Ksoon [${"#".repeat(25)}${"-".repeat(25)}]\n`,
    );
  });

  Deno.test(`${name}: a bar that is cleared leaves nothing on its line`, async () => {
    const { drawn, options } = drawing({ clear: true });
    const bar = await create(options);
    bar.value = 99;
    await bar.stop();
    assert(drawn.join("").endsWith("]\r\x1b[K"));
  });
}

Deno.test("the stand-in goes on where nothing can be drawn", async () => {
  const bar = new BuiltinProgressBar(
    drawing({
      writable: new WritableStream({
        write: () => {
          throw new Error("there is no terminal");
        },
      }),
    }).options,
  );
  await bar.stop();
});
