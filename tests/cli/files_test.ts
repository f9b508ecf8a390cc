import { withFile } from "../../src/cli/files.ts";
import { OptionError } from "../../src/errors.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

/** Gives back what a call throws. */
function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("withFile gives back what its use gives", () => {
  assertEquals(withFile("read x", () => 42), 42);
  assertEquals(withFile("write x", () => {}), undefined);
});

Deno.test("withFile says what for, and what the file system says", () => {
  const failed = (message: string, code?: string) =>
    Object.assign(new Error(message), { code });
  const cases: [error: unknown, message: string][] = [
    [failed("x", "ENOENT"), "there is no such file or directory"],
    [failed("it is a directory", "EISDIR"), "it is a directory"],
    [failed("no code"), "no code"],
    ["a string", "a string"],
  ];
  for (const [cause, message] of cases) {
    const error = thrownBy(() =>
      withFile("read a.pem", () => {
        throw cause;
      })
    );
    assert(error instanceof OptionError);
    assertEquals(error.message, `Cannot read a.pem: ${message}`);
    assert(error.cause === cause);
  }
});

Deno.test("withFile lets an OptionError pass", () => {
  const cause = new OptionError("Cannot use it");
  const use = () => {
    throw cause;
  };
  assert(thrownBy(() => withFile("read x", use)) === cause);
});

Deno.test("withFile knows the errors of real files", () => {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const read = (path: string) =>
    withFile("read it", () => Deno.readTextFileSync(path));
  const none = "Cannot read it: there is no such file or directory";
  try {
    assertThrows(() => read(`${path}/missing`), OptionError, none);
    assertThrows(() => read(path), OptionError, "Cannot read it: ");
  } finally {
    Deno.removeSync(path);
  }
});
