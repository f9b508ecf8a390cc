import { FrameGuard } from "../../src/http/frame_guard.ts";
import { assertEquals } from "../assert.ts";

/** The kinds of frames (RFC 6455, section 5.2), as first bytes. */
const KINDS = {
  ...{ continuation: 0x00, text: 0x01, binary: 0x02, ping: 0x89 },
  ...{ lastContinuation: 0x80, lastText: 0x81, lastBinary: 0x82 },
} as const;

/** How a frame is written. */
interface Frame {
  readonly kind?: keyof typeof KINDS;
  /** Bytes of payload, as its header says. */
  readonly length: number;
  /** The form of the length, in bytes. Default: the shortest. */
  readonly form?: 1 | 3 | 9;
  readonly isMasked?: boolean;
  /** Bytes of payload that there are. Default: all. */
  readonly given?: number;
}

/** A frame as a client sends it; its payload looks like headers without mask. */
function frame(
  { kind = "lastBinary", length, form, isMasked = true, given = length }: Frame,
): Uint8Array {
  const bytes = form ?? (length < 126 ? 1 : length < 65_536 ? 3 : 9);
  const view = new DataView(new ArrayBuffer(bytes));
  const mask = isMasked ? 0x80 : 0;
  if (bytes === 1) view.setUint8(0, mask | length);
  else view.setUint8(0, mask | (bytes === 3 ? 126 : 127));
  if (bytes === 3) view.setUint16(1, length);
  if (bytes === 9) view.setBigUint64(1, BigInt(length));
  return Uint8Array.of(
    KINDS[kind],
    ...new Uint8Array(view.buffer),
    ...(isMasked ? [1, 2, 3, 4] : []),
    ...new Uint8Array(given).fill(0x7f),
  );
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Looks at bytes, so many at a time; tells how many pass, and why no more. */
function look(data: Uint8Array, maxMessage: number, size = Infinity) {
  const guard = new FrameGuard(maxMessage);
  let passed = 0;
  for (let at = 0; at < data.length; at += size) {
    passed += guard.look(data.subarray(at, at + size));
  }
  return [passed, guard.violation?.code];
}

/** In pieces of any size, what is allowed is the same. */
const SIZES = [Infinity, 1, 2, 3, 5, 7, 13, 128];

Deno.test("FrameGuard lets everything pass that is no longer than a message may be", () => {
  const data = join(
    frame({ length: 0 }),
    frame({ length: 125 }),
    frame({ length: 126 }),
    frame({ kind: "lastText", length: 300 }),
    // Longer forms of a length than it needs.
    frame({ length: 5, form: 3 }),
    frame({ length: 5, form: 9 }),
    frame({ length: 300, form: 9 }),
  );
  for (const size of SIZES) {
    assertEquals(look(data, 300, size), [data.length, undefined], `${size}`);
  }
  const long = frame({ length: 70_000 });
  assertEquals(look(long, 70_000), [long.length, undefined]);
  assertEquals(look(long, 69_999), [0, 1009]);
});

Deno.test("FrameGuard stops the frame that makes a message too long, by its header", () => {
  const before = join(
    frame({ length: 10 }),
    frame({ kind: "ping", length: 3 }),
  );
  const forms: Frame[] = [
    { length: 11 },
    { length: 11, form: 9, given: 0 },
    { length: 300, form: 3, given: 0 },
    { length: Number.MAX_SAFE_INTEGER, form: 9, given: 0 },
  ];
  for (const form of forms) {
    const data = join(before, frame(form));
    assertEquals(look(data, 10), [before.length, 1009]);
    for (const size of SIZES) {
      const [passed, code] = look(data, 10, size);
      // What of the header came before its end may have passed.
      const header = frame({ ...form, given: 0 }).length;
      const isBefore = Number(passed) < before.length + header;
      assertEquals([isBefore, code], [true, 1009], `${size}`);
    }
  }
});

Deno.test("FrameGuard adds up the frames of a message, and counts anew for the next", () => {
  const message = [
    frame({ kind: "text", length: 4 }),
    frame({ kind: "continuation", length: 3 }),
    frame({ kind: "lastContinuation", length: 3 }),
  ];
  const twice = join(...message, ...message);
  assertEquals(look(twice, 10), [twice.length, undefined]);
  assertEquals(look(twice, 9), [
    message[0].length + message[1].length,
    1009,
  ]);
  // One that never ends.
  const endless = join(
    frame({ kind: "binary", length: 1 }),
    ...Array(20).fill(frame({ kind: "continuation", length: 1 })),
  );
  assertEquals(look(endless, 10), [10 * 7, 1009]);
});

Deno.test("FrameGuard does not take control frames for a part of the message around them", () => {
  const ping = frame({ kind: "ping", length: 125 });
  const data = join(
    frame({ kind: "text", length: 5 }),
    ping,
    ping,
    frame({ kind: "lastContinuation", length: 5 }),
  );
  for (const size of SIZES) {
    assertEquals(look(data, 10, size), [data.length, undefined]);
  }
  const tooLong = join(data.subarray(0, -11), ping, frame({ length: 6 }));
  assertEquals(look(tooLong, 10)[1], 1009);
});

Deno.test("FrameGuard stops a frame without a mask, whatever it is", () => {
  const first = frame({ length: 3 });
  for (const kind of ["lastText", "continuation", "ping"] as const) {
    for (const length of [0, 3, 200]) {
      const bare = frame({ kind, length, isMasked: false });
      assertEquals(look(join(first, bare), 300), [first.length, 1002]);
      assertEquals(look(join(first, bare), 300, 1)[1], 1002);
    }
  }
});

Deno.test("FrameGuard lets nothing pass after a violation", () => {
  const guard = new FrameGuard(3);
  assertEquals(guard.look(frame({ length: 4 })), 0);
  const { violation } = guard;
  assertEquals(guard.look(frame({ length: 1 })), 0);
  assertEquals(guard.violation, violation);
  assertEquals(violation?.reason, "the message is too long");
});
