import type { Fault } from "../../src/faults/types.ts";
import { chooseProtocol, WebSocketEcho } from "../../src/http/websocket.ts";
import { assert, assertEquals } from "../assert.ts";
import { textOf } from "../fake_conn.ts";
import {
  exchangeOf,
  type ExchangeSetup,
  FakeSocket,
  hitsOf,
  messagePlanOf,
  openSession,
  requestOf,
  until,
} from "./fake_web.ts";

/** An open WebSocket. */
function open(setup?: ExchangeSetup) {
  const opened = exchangeOf(requestOf("/"), setup);
  const options = { protocol: "chat", maxMessage: 9 };
  const echo = new WebSocketEcho(opened.exchange, options);
  const socket = new FakeSocket();
  opened.exchange.messages = 0;
  echo.onOpen(socket);
  return { ...opened, echo, socket };
}

Deno.test("chooseProtocol agrees on the first that the client names", () => {
  const lists: [list: string | null, protocol: string | undefined][] = [
    [null, undefined],
    ["", undefined],
    [" ", undefined],
    ["chat", "chat"],
    ["superchat, chat", "superchat"],
    ["\tb ,a", "b"],
  ];
  for (const [list, protocol] of lists) {
    assertEquals(chooseProtocol(list), protocol, `${list}`);
  }
});

Deno.test("WebSocketEcho sends every message back as it was, and counts bytes", () => {
  const { echo, socket, exchange, counts, observed } = open();
  const bytes = new Uint8Array([0, 128, 255]);
  const messages = ["h\u00e9llo", bytes, "", new Uint8Array(), "\ufeff\0"];
  for (const data of messages) echo.onMessage(data);
  assertEquals(socket.sent, messages);
  assertEquals([exchange.bytesIn, exchange.bytesOut], [13, 13]);
  assertEquals([exchange.messages, counts.messages, counts.sent], [5, 5, 5]);
  assertEquals(observed.length, 5);
  assertEquals(echo.protocol, "chat");
});

Deno.test("WebSocketEcho records all messages, one after the other", () => {
  const { echo, socket, exchange } = open({ options: { recordLimit: 7 } });
  const messages = ["ab\u00e9", new Uint8Array([67]), "", "defg"];
  for (const data of messages) echo.onMessage(data);
  assertEquals(socket.sent, messages);
  assertEquals(exchange.kept.text(), "ab\u00e9Cde");
  assertEquals([exchange.bytesIn, exchange.bytesOut], [9, 9]);
});

Deno.test("WebSocketEcho lets faults at its messages, those of its connection and others", () => {
  const plan = messagePlanOf({ kind: "duplicate", conn: 2 });
  const { echo, socket, exchange, counts, observed } = open({
    guest: { hits: hitsOf({ kind: "limit_data", bytes: 9 }) },
    options: { messagePlan: () => plan, nextMessage: () => counts.messages },
  });
  for (const data of ["abc", "def"]) echo.onMessage(data);
  assertEquals(socket.sent, ["abc", "def", "def"]);
  assertEquals([exchange.bytesIn, exchange.bytesOut], [6, 9]);
  assertEquals([counts.messages, counts.sent, observed.length], [2, 3, 3]);
});

Deno.test("WebSocketEcho heeds faults that are set while it is open, and taken away", () => {
  let faults: Fault[] = [];
  const { echo, socket } = open({
    options: { messagePlan: () => messagePlanOf(...faults) },
  });
  echo.onMessage("1");
  faults = [{ kind: "drop" }];
  echo.onMessage("2");
  faults = [];
  echo.onMessage("3");
  assertEquals(socket.sent, ["1", "3"]);
});

Deno.test("WebSocketEcho holds while messages wait, which its end ends", async () => {
  const guest = { hits: hitsOf({ kind: "latency", ms: 60_000 }) };
  for (const end of ["close", "session"]) {
    const { echo, socket, exchange, session, finished } = open({ guest });
    echo.onMessage("a");
    assertEquals([session.isHolding, session.isOwing], [true, false]);
    if (end === "close") echo.onClose(1000);
    else session.end();
    assertEquals([session.isHolding, exchange.isHeld], [false, false]);
    assertEquals([finished.length, socket.sent], [1, []]);
  }
  const soon = open({ guest: { hits: hitsOf({ kind: "latency", ms: 1 }) } });
  soon.echo.onMessage("a");
  await until(() => soon.socket.sent.length === 1);
  assertEquals(soon.session.isHolding, false);
});

Deno.test("WebSocketEcho lets faults of its connection begin before any message", async () => {
  const faults: [fault: Fault, calls: string[]][] = [
    [{ kind: "reset_peer" }, ["onFault", "reset"]],
    [{ kind: "reset_peer", ms: 1 }, ["onFault", "abort"]],
    [{ kind: "timeout", ms: 1 }, ["cut", "onFault"]],
  ];
  for (const [fault, calls] of faults) {
    const { echo, wire } = open({ guest: { hits: hitsOf(fault) } });
    await until(() => wire.calls.includes("onFault"));
    assertEquals(
      wire.calls.filter((call) => !/Request|pause/.test(call)),
      calls,
    );
    echo.onClose(1006);
  }
  const unhit = open();
  assertEquals(unhit.wire.calls, ["onRequest"]);
});

Deno.test("WebSocketEcho admits what a client may send, and ends what it may not", () => {
  // Masked, of 9 and 10 bytes; 9 are allowed.
  const right = new Uint8Array([0x82, 0x89, 1, 2, 3, 4, ...new Array(9)]);
  const wrong = new Uint8Array([0x82, 0x8a, 1, 2, 3, 4, ...new Array(10)]);
  const { echo, socket, exchange, wire } = open();
  assertEquals(echo.admit(right), right);
  assertEquals(wire.calls, ["onRequest"]);
  assertEquals(echo.admit(new Uint8Array([...right, ...wrong])), right);
  assertEquals(socket.closes, [[1009, "the message is too long"]]);
  assertEquals(wire.calls, ["onRequest", "refuse"]);
  // What the runtime says then is how its own end has gone.
  echo.onClose(1006);
  assertEquals(exchange.code, 1009);
});

Deno.test("WebSocketEcho reads no more while much waits to be sent, until it has gone", async () => {
  const pauses = (wire: { readonly calls: readonly string[] }) =>
    wire.calls.filter((call) => call.startsWith("pause"));
  const { echo, socket, wire } = open();
  socket.buffered = 2 ** 20;
  echo.onMessage("a");
  assertEquals(pauses(wire), []);
  socket.buffered++;
  for (const data of ["b", "c"]) echo.onMessage(data);
  assertEquals(pauses(wire), ["pause true"]);
  socket.buffered = 2 ** 19 + 1;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(pauses(wire), ["pause true"]);
  socket.buffered--;
  await until(() => pauses(wire).length === 2);
  assertEquals([pauses(wire)[1], socket.sent], ["pause false", [
    "a",
    "b",
    "c",
  ]]);
  socket.buffered = 2 ** 30;
  echo.onMessage("d");
  // A timer that is left over fails the test.
  echo.onClose(1006);
  assertEquals(pauses(wire).slice(2), ["pause true", "pause false"]);
});

Deno.test("WebSocketEcho is over when it is closed, whose code is kept", () => {
  const { echo, exchange, finished, session } = open();
  assertEquals([session.isServing, session.isOwing], [true, false]);
  echo.onClose(4321);
  echo.onClose(1006);
  assertEquals(finished.length, 1);
  assertEquals([exchange.bytesOut, session.isServing], [0, false]);
});

Deno.test("WebSocketEcho knows its code when its end is told of", () => {
  const codes: (number | undefined)[] = [];
  const { echo } = open({
    options: { onFinish: ({ code }) => codes.push(code) },
  });
  echo.onClose(4321);
  assertEquals(codes, [4321]);
});

Deno.test("WebSocketEcho says that its connection ends when it is drained, once, and late if it opens late", () => {
  const { socket, session } = open();
  assertEquals(socket.closes, []);
  session.drain();
  session.drain();
  assertEquals(socket.closes, [[1001, "the connection ends"]]);
  const opened = openSession();
  opened.session.drain();
  const late = open({ opened });
  assertEquals(late.socket.closes, [[1001, "the connection ends"]]);
});

Deno.test("a drained WebSocketEcho still answers what has been received", async () => {
  const guest = { hits: hitsOf({ kind: "latency", ms: 20 }) };
  const { echo, socket, session } = open({ guest });
  // A socket that closes sends nothing more.
  const late: string[] = [];
  socket.send = (data) => {
    const text = typeof data === "string" ? data : textOf(data);
    if (socket.closes.length > 0) late.push(text);
    else socket.sent.push(text);
  };
  echo.onMessage("a");
  session.drain();
  await until(() => socket.sent.length + late.length === 1);
  assertEquals([socket.sent, late], [["a"], []]);
  await until(() => socket.closes.length === 1);
  assertEquals(socket.closes, [[1001, "the connection ends"]]);
  assert(!session.isHolding);
});

Deno.test("a drained WebSocketEcho that a fault ends is not closed besides", async () => {
  const hits = hitsOf({ kind: "limit_data", bytes: 1 });
  const { echo, socket, session, wire } = open({ guest: { hits } });
  echo.onMessage("a");
  session.drain();
  await until(() => wire.calls.includes("onFault"));
  assertEquals([socket.sent, socket.closes], [["a"], []]);
  echo.onClose(1006);
});

Deno.test("a drained WebSocketEcho that no message waits in is closed at once", () => {
  const faults: Fault[] = [{ kind: "mute" }, { kind: "latency", ms: 60_000 }];
  for (const fault of faults) {
    const { echo, socket, session } = open({ guest: { hits: hitsOf(fault) } });
    if (fault.kind === "mute") echo.onMessage("kept");
    session.drain();
    assertEquals(socket.closes, [[1001, "the connection ends"]], fault.kind);
    echo.onClose(1001);
  }
});
