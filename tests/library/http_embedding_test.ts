import { PermissionError, serveEcho } from "../../mod.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const listen = "http://127.0.0.1:0";

Deno.test({
  name: "without leave to listen for HTTP, the flag that grants it is named",
  permissions: { net: false },
  fn: async () => {
    await assertRejects(
      () => serveEcho({ listen }),
      PermissionError,
      `Cannot listen on ${listen}: Deno needs -N (or ` +
        "--allow-net=127.0.0.1:0,127.0.0.1)",
    );
  },
});

Deno.test({
  name: "leave to use loopback is all that HTTP needs",
  permissions: { net: ["127.0.0.1"] },
  fn: async () => {
    await using server = await serveEcho({ listen, record: true });
    const init = { method: "POST", body: "hello" };
    const response = await fetch(server.url, init);
    assertEquals(await response.text(), "hello");
    assertEquals((await server.waitForRequest()).text(), "hello");
  },
});
