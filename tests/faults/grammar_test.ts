import { errorText, OptionError } from "../../src/errors.ts";
import {
  checkFault,
  formatFault,
  parseFault,
  readFaults,
} from "../../src/faults/grammar.ts";
import { type KindName, kindOf, KINDS } from "../../src/faults/kinds.ts";
import { SELECTOR_KEYS } from "../../src/faults/selector.ts";
import type { FaultKey } from "../../src/faults/stage.ts";
import type { Fault } from "../../src/faults/types.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

function refuses(text: string, message: string): void {
  assertThrows(() => parseFault(text), OptionError, message, text);
}

Deno.test("parseFault reads a kind and its values", () => {
  const faults: Record<string, Fault> = {
    mute: { kind: "mute" },
    "mute:": { kind: "mute" },
    "latency:ms=100": { kind: "latency", ms: 100 },
    "latency:ms=1.5s,jitter=20ms": { kind: "latency", ms: 1500, jitter: 20 },
    "bandwidth:rate=64KiB": { kind: "bandwidth", rate: 65_536 },
    "slicer:size=1,delay=5": { kind: "slicer", size: 1, delay: 5 },
    "limit_data:bytes=0": { kind: "limit_data", bytes: 0 },
    "corrupt:rate=0.5": { kind: "corrupt", rate: 0.5 },
    "reset_peer:bytes=1kB,ms=0": { kind: "reset_peer", bytes: 1000, ms: 0 },
    "mute:p=0.5,conn=1-3,every=2,after=4KiB,peer=10.0.0.0/8": {
      kind: "mute",
      p: 0.5,
      conn: "1-3",
      every: 2,
      after: "4KiB",
      peer: "10.0.0.0/8",
    },
    "mute:peer=2001:db8::/32": { kind: "mute", peer: "2001:db8::/32" },
  };
  for (const [text, fault] of Object.entries(faults)) {
    assertEquals(parseFault(text), fault, text);
  }
});

Deno.test("checkFault reads objects as parseFault reads text", () => {
  const whole = { kind: "latency", ms: 100, jitter: undefined, conn: 2 };
  assertEquals(checkFault(whole), { kind: "latency", ms: 100, conn: 2 });
  const texts = { kind: "latency", ms: "1.5s", conn: "1-3", p: "0.1" };
  assertEquals(
    checkFault(texts),
    { kind: "latency", ms: 1500, conn: "1-3", p: 0.1 },
  );
});

Deno.test("formatFault gives text that parseFault reads again", () => {
  for (const kind of Object.keys(KINDS) as KindName[]) {
    const fault = parseFault(kindOf(kind).example);
    assertEquals(parseFault(formatFault(fault)), fault);
  }
  const all = "latency:ms=100,jitter=20,p=1e-7,conn=1-3,every=2,after=2s," +
    "peer=::1";
  assertEquals(formatFault(parseFault(all)), all);
  assertEquals(formatFault({ kind: "mute" }), "mute");
  assertEquals(formatFault({ kind: "mute", p: undefined }), "mute");
  assertEquals(
    formatFault({ kind: "mute", p: undefined, conn: 2 }),
    "mute:conn=2",
  );
});

Deno.test("an unknown kind is named, with the likely one or all of them", () => {
  refuses("latncy:ms=1", 'unknown fault "latncy", did you mean latency?');
  refuses("reset", 'unknown fault "reset", did you mean reset_peer?');
  for (const text of ["", "x", ":", "toString", "__proto__"]) {
    const all = Object.keys(KINDS).join(", ");
    refuses(text, `unknown fault "${text.replace(":", "")}", expected ${all}`);
  }
});

Deno.test("an unknown key is named, with its kind and all keys that it has", () => {
  const selectors = Object.keys(SELECTOR_KEYS).join(", ");
  assertEquals(selectors, "p, conn, every, after, peer");
  for (const kind of Object.keys(KINDS) as KindName[]) {
    const own = Object.keys(kindOf(kind).keys);
    const all = [...own, selectors].join(", ");
    for (const key of ["foo", "kind", "toString", "__proto__"]) {
      const message = `${kind} has no key "${key}", expected ${all}`;
      refuses(`${kind}:${key}=1`, message);
    }
  }
});

Deno.test("a value that cannot be used is named, with its kind and its key", () => {
  const wrong = {
    "latency:ms=soon": "latency cannot use ms=soon: expected a duration",
    "latency:ms=": "latency cannot use ms=: expected a duration",
    "slicer:size=0": "slicer cannot use size=0: expected a size of at least 1",
    "bandwidth:rate=0": "bandwidth cannot use rate=0: expected a size",
    "limit_data:bytes=x": "limit_data cannot use bytes=x: expected a size",
    "corrupt:rate=2":
      "corrupt cannot use rate=2: expected a number from 0 to 1",
    "mute:p=2": "mute cannot use p=2: expected a number from 0 to 1",
    "mute:conn=3-1": "mute cannot use conn=3-1: expected a number or a range",
    "mute:peer=a": "mute cannot use peer=a: expected an IP address",
  };
  for (const [text, message] of Object.entries(wrong)) refuses(text, message);
});

Deno.test("a missing key is named, with its kind and an example", () => {
  for (const kind of Object.keys(KINDS) as KindName[]) {
    const { keys, example } = kindOf(kind);
    const needed = Object.entries<FaultKey>(keys).find(([, { required }]) =>
      required
    );
    if (!needed) assertEquals(parseFault(kind), { kind } as Fault);
    else refuses(kind, `${kind} needs ${needed[0]}, such as ${example}`);
  }
});

Deno.test("what is no key=value is named", () => {
  refuses("latency:100", 'expected key=value, not "100"');
  refuses("latency:=100", 'expected key=value, not "=100"');
  refuses("latency:ms=1,", 'expected key=value, not ""');
});

Deno.test("refuse cannot begin later, since it comes before any byte", () => {
  refuses("refuse:after=1s", "refuse has no key after");
});

Deno.test("checkFault refuses what is no object with a kind", () => {
  for (const value of [null, undefined, "mute", 1, {}, []]) {
    const check = () => checkFault(value);
    assertThrows(check, OptionError, 'such as {"kind": "mute"}');
  }
  const check = () => checkFault({ kind: "latency", ms: null });
  assertThrows(check, OptionError, "latency cannot use ms=null: expected");
});

Deno.test("readFaults names the fault that cannot be used", () => {
  const good: Fault = { kind: "latency", ms: 100 };
  assertEquals(readFaults([good]), [good]);
  assertThrows(
    () => readFaults(JSON.parse('"mute"')),
    OptionError,
    "Cannot use faults mute: expected a list",
  );
  const bad: Fault = { kind: "latency", ms: -1 };
  try {
    readFaults([good, bad]);
    assert(false, "no error");
  } catch (error) {
    assertEquals(
      errorText(error),
      'Cannot use fault {"kind":"latency","ms":-1}: latency cannot use ' +
        "ms=-1: expected a duration such as 500ms, 30s, 5m or 1h",
    );
  }
});
