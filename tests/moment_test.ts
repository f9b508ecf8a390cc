import { Moment } from "../src/moment.ts";
import { assertEquals } from "./assert.ts";

Deno.test("Moment calls back once, in order, and at once when it has come", () => {
  const moment = new Moment();
  const calls: string[] = [];
  moment.call(() => calls.push("first"));
  moment.call(() => calls.push("second"));
  assertEquals([moment.hasCome, calls], [false, []]);
  moment.come();
  moment.come();
  assertEquals([moment.hasCome, calls], [true, ["first", "second"]]);
  moment.call(() => calls.push("late"));
  assertEquals(calls, ["first", "second", "late"]);
});

Deno.test("Moment does not call back who has taken that back", () => {
  const moment = new Moment();
  const calls: string[] = [];
  const forget = moment.call(() => calls.push("forgotten"));
  moment.call(() => calls.push("kept"));
  forget();
  moment.come();
  forget();
  assertEquals(calls, ["kept"]);
});
