import { socketPath } from "../../src/adapters/socket_path.ts";
import { assertEquals } from "../assert.ts";

Deno.test("socketPath puts a zero byte before abstract names, and leaves paths", () => {
  const paths = {
    "/run/echo.sock": "/run/echo.sock",
    "echo.sock": "echo.sock",
    "@echo": "\0echo",
    "@@echo": "\0@echo",
    "/run/@echo": "/run/@echo",
    "./@echo": "./@echo",
  };
  for (const [path, expected] of Object.entries(paths)) {
    assertEquals(socketPath({ transport: "unix", path }), expected, path);
  }
});
