import { OptionError } from "../../src/errors.ts";
import {
  beginsAfter,
  type FaultSelector,
  SELECTOR_KEYS,
  selects,
} from "../../src/faults/selector.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const IP = "192.0.2.1";

/** Which of the first ten connections a fault hits. */
function selected(selector: FaultSelector): number[] {
  const ids = Array.from({ length: 10 }, (_, i) => i + 1);
  return ids.filter((id) => selects(selector, id, IP));
}

function refuses(key: keyof FaultSelector, texts: string[], expected: string) {
  const { read } = SELECTOR_KEYS[key];
  for (const text of texts) {
    assertThrows(() => read(text), OptionError, expected, text);
  }
}

Deno.test("a fault without a selector hits every connection", () => {
  assertEquals(selected({}), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("conn selects one connection, or a range of them", () => {
  assertEquals(selected({ conn: 2 }), [2]);
  assertEquals(selected({ conn: "3-5" }), [3, 4, 5]);
  assertEquals(selected({ conn: "9-100" }), [9, 10]);
  assertEquals(selected({ conn: "4-4" }), [4]);
});

Deno.test("every selects the multiples of a number", () => {
  assertEquals(selected({ every: 3 }), [3, 6, 9]);
  assertEquals(selected({ every: 1 }).length, 10);
});

Deno.test("selectors hold all together", () => {
  assertEquals(selected({ conn: "4-9", every: 3 }), [6, 9]);
  assertEquals(selected({ conn: "4-9", every: 3, peer: "::1" }), []);
});

Deno.test("peer selects addresses and ranges of IPv4 and IPv6", () => {
  const cases: [peer: string, hit: string[], missed: string[]][] = [
    ["192.0.2.1", ["192.0.2.1"], ["192.0.2.2", "::1"]],
    ["10.0.0.0/8", ["10.0.0.1", "10.255.255.255"], ["11.0.0.0", "9.9.9.9"]],
    ["10.1.2.3/8", ["10.200.0.1"], ["11.1.2.3"]],
    ["10.0.0.0/31", ["10.0.0.0", "10.0.0.1"], ["10.0.0.2"]],
    ["0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], []],
    ["::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "127.0.0.1"]],
    ["2001:db8::/32", ["2001:db8:ffff::1"], ["2001:db9::1", "192.0.2.1"]],
    ["::/0", ["::1", "2001:db8::1"], ["192.0.2.1", "::ffff:192.0.2.1"]],
  ];
  for (const [peer, hit, missed] of cases) {
    for (const ip of hit) {
      assertEquals(selects({ peer }, 1, ip), true, `${peer} ${ip}`);
    }
    for (const ip of missed) {
      assertEquals(selects({ peer }, 1, ip), false, `${peer} ${ip}`);
    }
  }
});

Deno.test("peer finds IPv4 behind the IPv6 of a dual-stack listener", () => {
  assertEquals(selects({ peer: "192.0.2.0/24" }, 1, "::ffff:192.0.2.7"), true);
  assertEquals(selects({ peer: "192.0.3.0/24" }, 1, "::ffff:192.0.2.7"), false);
  assertEquals(selects({ peer: "192.0.2.7" }, 1, "::FFFF:192.0.2.7"), true);
});

Deno.test("peer selects nobody who has no address", () => {
  for (const peer of ["0.0.0.0/0", "::/0", "192.0.2.1"]) {
    assertEquals(selects({ peer }, 1, undefined), false, peer);
  }
  assertEquals(selects({}, 1, undefined), true);
  assertEquals(selects({ conn: 1 }, 1, undefined), true);
});

Deno.test("after is a size or a time, and nothing by default", () => {
  assertEquals(beginsAfter({}), { bytes: 0 });
  assertEquals(beginsAfter({ after: 4096 }), { bytes: 4096 });
  assertEquals(beginsAfter({ after: "4KiB" }), { bytes: 4096 });
  assertEquals(beginsAfter({ after: "500ms" }), { ms: 500 });
  assertEquals(beginsAfter({ after: "1.5s" }), { ms: 1500 });
  assertEquals(beginsAfter({ after: "5m" }), { ms: 300_000 });
  // A unit of a size, not of time.
  assertEquals(beginsAfter({ after: "5MB" }), { bytes: 5_000_000 });
});

Deno.test("the keys of selectors are read as programs write them", () => {
  const read = (key: keyof FaultSelector, text: string) =>
    SELECTOR_KEYS[key].read(text);
  assertEquals(read("p", "0.1"), 0.1);
  assertEquals(read("conn", "2"), 2);
  assertEquals(read("conn", "1-3"), "1-3");
  assertEquals(read("every", "3"), 3);
  assertEquals(read("after", "4KiB"), "4KiB");
  assertEquals(read("peer", "10.0.0.0/8"), "10.0.0.0/8");
});

Deno.test("the keys of selectors refuse what they cannot use", () => {
  refuses("p", ["", "-1", "1.1", "x"], "expected a number from 0 to 1");
  refuses(
    "conn",
    ["", "x", "0", "0-2", "-1", "1-", "-", "3-1", "1-2-3", "1.5"],
    "expected a number or a range, such as 2 or 1-3",
  );
  refuses("every", ["0"], "expected a number of at least 1");
  refuses("every", ["", "x", "1.5"], "expected a whole number");
  refuses("after", ["", "x", "1d", "-1", "1.5"], "expected a size or a time");
  refuses("after", ["1.2.3s"], "expected a duration");
  refuses(
    "peer",
    [
      ...["", "x", "localhost", "10.0.0", "10.0.0.0/33", "::1/129"],
      ...["10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "10.0.0.0/1.5"],
    ],
    "expected an IP address or range, such as 127.0.0.1 or 10.0.0.0/8",
  );
});
