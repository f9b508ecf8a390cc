import {
  errorCode,
  errorText,
  isReset,
  ListenError,
  OptionError,
  PermissionError,
} from "../src/errors.ts";
import { assert, assertEquals } from "./assert.ts";

const withCode = (code: unknown) => Object.assign(new Error("no"), { code });

Deno.test("errors of echod know their names and their causes", () => {
  const cause = new Error("why");
  for (const Class of [OptionError, ListenError, PermissionError]) {
    const error = new Class("what", { cause });
    assert(error instanceof Error);
    assertEquals(`${error}`, `${Class.name}: what`);
    assert(error.cause === cause);
  }
});

Deno.test("errorCode finds the system's code and nothing else", () => {
  assertEquals(errorCode(withCode("EMFILE")), "EMFILE");
  assertEquals(errorCode({ code: "EMFILE" }), "EMFILE");
  for (const error of [withCode(24), new Error("EMFILE"), "EMFILE", null]) {
    assertEquals(errorCode(error), undefined);
  }
  assertEquals(errorCode(undefined), undefined);
});

Deno.test("errorText takes the message, or whatever was thrown", () => {
  assertEquals(errorText(new OptionError("what")), "what");
  assertEquals(errorText("a string"), "a string");
  assertEquals(errorText(undefined), "undefined");
});

Deno.test("isReset knows the codes of a peer that went away", () => {
  for (const code of ["ECONNRESET", "EPIPE", "ECONNABORTED"]) {
    assertEquals(isReset(withCode(code)), true, code);
  }
  for (const error of [withCode("ETIMEDOUT"), new Error("no"), undefined]) {
    assertEquals(isReset(error), false);
  }
});

Deno.test("isReset knows the runtime's own error for a reset", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  using server = await listener.accept();
  client.close();
  const write = async () => {
    // The first bytes earn the RST that a later write runs into.
    for (;;) await server.write(new Uint8Array(1));
  };
  const error = await write().catch((error: unknown) => error);
  assertEquals(isReset(error), true, `${error}`);
});
