import { readRoom } from "../../src/adapters/room.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("readRoom finds room below the limit of open files, where Linux tells it", () => {
  const room = readRoom();
  if (Deno.build.os !== "linux") return assertEquals(room, undefined);
  const limits = Deno.readTextFileSync("/proc/self/limits");
  const limit = Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
  const open = [...Deno.readDirSync("/proc/self/fd")].length;
  assert(room && room.size > 0);
  assertEquals(room.taken, 0);
  // Some are left for files and the log; others may have been closed by now.
  const spare = limit - open - room.size;
  assert(spare > 0 && spare < 64, `${spare}`);
});
