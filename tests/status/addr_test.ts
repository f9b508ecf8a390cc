import { OptionError } from "../../src/errors.ts";
import { checkStatusAddr } from "../../src/status/addr.ts";
import { assert, assertThrows } from "../assert.ts";

function addr(hostname: string, port = 9090) {
  return { transport: "http", hostname, port } as const;
}

const OTHERS = ["0.0.0.0", "::", "10.0.0.1", "fe80::1", "echo.test"];
const OURS = ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"];

Deno.test("checkStatusAddr wants a token where others could ask", () => {
  for (const hostname of OURS) checkStatusAddr(addr(hostname), undefined);
  for (const hostname of [...OTHERS, "localhost.test", "127.0.0.1.test"]) {
    assertThrows(
      () => checkStatusAddr(addr(hostname), undefined),
      OptionError,
      "without --status-token: expected a loopback address",
    );
    checkStatusAddr(addr(hostname), "secret");
  }
  assertThrows(
    () => checkStatusAddr(addr("::"), undefined),
    OptionError,
    "Cannot use --status [::]:9090 ",
  );
});

Deno.test("checkStatusAddr refuses tokens that no client can give, unsaid", () => {
  for (const token of ["", " ", "se cret", "secret\n", "sécret", "se\tcret"]) {
    for (const hostname of ["127.0.0.1", "0.0.0.0"]) {
      const check = () => checkStatusAddr(addr(hostname), token);
      assertThrows(check, OptionError, "expected at least 1 character");
      try {
        check();
      } catch (error) {
        const text = (error as Error).message;
        assert(token.trim() === "" || !text.includes(token), text);
        assert(!text.includes("\n"));
      }
    }
  }
  checkStatusAddr(addr("127.0.0.1"), "!~:/+=");
});
