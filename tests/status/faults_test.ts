import { HttpError } from "../../src/status/answers.ts";
import { readFaultBody } from "../../src/status/faults.ts";
import { assert, assertEquals } from "../assert.ts";

const URL = "http://127.0.0.1:9090/api/faults";

function put(body: BodyInit, headers: HeadersInit = {}): Request {
  return new Request(URL, { method: "PUT", body, headers });
}

async function refusal(request: Request): Promise<HttpError> {
  try {
    await readFaultBody(request);
  } catch (error) {
    assert(error instanceof HttpError, `${error}`);
    return error;
  }
  throw new Error("the body was taken");
}

Deno.test("faults are read as objects and as texts, even mixed", async () => {
  const cases: [body: string, faults: unknown[]][] = [
    ["[]", []],
    ['[{"kind":"latency","ms":100}]', [{ kind: "latency", ms: 100 }]],
    ['["latency:ms=100"]', [{ kind: "latency", ms: 100 }]],
    [
      ' [ "mute:p=0.5",\n{"kind":"refuse","conn":"1-3"} ] ',
      [{ kind: "mute", p: 0.5 }, { kind: "refuse", conn: "1-3" }],
    ],
  ];
  for (const [body, faults] of cases) {
    assertEquals(await readFaultBody(put(body)) as unknown[], faults, body);
  }
});

Deno.test("a body that is no array of faults is 400, and says what to send", async () => {
  const deep = "[".repeat(60_000);
  const bodies: [body: BodyInit, message: string][] = [
    ["", "Cannot read the body: expected a JSON array of faults"],
    ["[", "Cannot read the body: expected a JSON array"],
    ["latency:ms=100", "Cannot read the body: expected a JSON array"],
    [new Uint8Array([0xff, 0x5b, 0x5d]), "Cannot read the body: "],
    [deep, "Cannot read the body: "],
    ["{}", "Cannot use the body: expected a JSON array"],
    ["null", "Cannot use the body: expected a JSON array"],
    ['{"kind":"mute"}', "Cannot use the body: expected a JSON array"],
    ['["x"]', 'Cannot use fault "x": unknown fault "x", expected latency'],
    ['["latancy:ms=1"]', "did you mean latency?"],
    ['["latency"]', 'Cannot use fault "latency": latency needs ms'],
    [
      '["mute",{"kind":"latency","ms":-1}]',
      'Cannot use fault {"kind":"latency","ms":-1}: latency cannot use ms=-1',
    ],
    ['[{"kind":"mute","__proto__":1}]', 'mute has no key "__proto__"'],
    ["[1]", 'Cannot use fault 1: expected an object such as {"kind": "mute"}'],
    ["[null]", "Cannot use fault null: expected an object"],
    ["[[]]", "Cannot use fault []: expected an object"],
    ['[{"kind":{"toString":1}}]', "Cannot use fault number 1: expected its"],
    ['["mute",{"kind":"mute","p":[1]}]', "Cannot use fault number 2: "],
    [`[${"[".repeat(5000)}${"]".repeat(5000)}]`, "Cannot use fault number 1: "],
  ];
  for (const [body, message] of bodies) {
    const error = await refusal(put(body));
    assertEquals(error.status, 400);
    assert(error.message.includes(message), error.message);
  }
  assertEquals(
    (await refusal(new Request(URL, { method: "PUT" }))).status,
    400,
  );
});

Deno.test("a body of 64 KiB is read, and one byte more is 413", async () => {
  const most = 64 * 1024;
  const body = `["mute"${" ".repeat(most - '["mute"]'.length)}]`;
  assertEquals(body.length, most);
  assertEquals(await readFaultBody(put(body)) as unknown[], [{ kind: "mute" }]);
  const error = await refusal(put(`${body} `));
  assertEquals(error.status, 413);
  assert(error.message.includes("at most 65536 bytes"), error.message);
});

Deno.test("no more of a long body is read than that takes", async () => {
  for (const length of [undefined, "10", "-1", "nonsense"]) {
    let chunks = 0;
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => {
        chunks++;
        controller.enqueue(new Uint8Array(1024));
      },
      cancel: () => void (cancelled = true),
    });
    const headers: HeadersInit = length ? { "content-length": length } : {};
    const error = await refusal(put(body, headers));
    assertEquals(error.status, 413);
    assert(chunks <= 67, `${chunks}`);
    assertEquals(cancelled, true);
  }
});

Deno.test("a length that is too long is 413 before anything is read", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    pull: () => {
      throw new Error("it was read");
    },
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  const error = await refusal(put(body, { "content-length": "65537" }));
  assertEquals(error.status, 413);
  assertEquals(cancelled, true);
});

Deno.test("a body that breaks off is told as that", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection lost")),
  });
  const error = await refusal(put(body));
  assertEquals(error.status, 400);
  assertEquals(error.message, "Cannot read the body: connection lost");
});
