import { listField } from "../../src/adapters/web_fields.ts";
import { assertEquals } from "../assert.ts";

Deno.test("listField gives the members of a list, however they are spaced", () => {
  const lists: [value: string, members: string[]][] = [
    ["chat", ["chat"]],
    ["chat, superchat", ["chat", "superchat"]],
    ["chat,superchat", ["chat", "superchat"]],
    [" \tchat\t ,\tsuper chat ", ["chat", "super chat"]],
    ["b,a,b", ["b", "a", "b"]],
  ];
  for (const [value, members] of lists) {
    assertEquals(listField(value), members, value);
  }
});

Deno.test("listField leaves out members that are empty", () => {
  assertEquals(listField(null), []);
  for (const value of ["", " ", ",", ", ,\t,"]) {
    assertEquals(listField(value), [], JSON.stringify(value));
  }
  assertEquals(listField(",a,, b ,"), ["a", "b"]);
});
