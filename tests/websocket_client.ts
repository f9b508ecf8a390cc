/**
 * A client of WebSocket (RFC 6455) that sends frames as they are given.
 *
 * @module
 */

import { assert, assertEquals } from "./assert.ts";
import { noise } from "./client.ts";
import {
  type Answer,
  concat,
  type End,
  head,
  type HttpClient,
} from "./http_client.ts";
import type { HttpStack } from "./http_stack.ts";
import type { ServerProcess } from "./server_process.ts";

/** What a frame holds. */
export const OPCODE = {
  more: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

// The key and its answer of RFC 6455, section 1.3.
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** A frame that is sent. */
export interface Sent {
  /** What it holds. */
  readonly opcode: number;
  /** Its payload. Default: none. */
  readonly payload?: Uint8Array | string;
  /** Whether it is the last of its message. Default: it is. */
  readonly isLast?: boolean;
  /** Whether its payload is masked. Default: it is. */
  readonly isMasked?: boolean;
  /** Bits for extensions, from 0 to 7. Default: none. */
  readonly reserved?: number;
}

/** A frame that has come. */
export interface Frame {
  /** What it holds. */
  readonly opcode: number;
  /** Its payload. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Whether it is the last of its message. */
  readonly isLast: boolean;
  /** Bits for extensions. */
  readonly reserved: number;
}

/** A message that has come. */
export interface Message {
  /** The opcode of its first frame. */
  readonly opcode: number;
  /** All of it. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The bytes of a frame. */
export function encodeFrame(
  { opcode, payload = "", isLast = true, isMasked = true, reserved = 0 }: Sent,
): Uint8Array<ArrayBuffer> {
  const data = typeof payload === "string"
    ? new TextEncoder().encode(payload)
    : payload;
  const { length } = data;
  const first = (isLast ? 0x80 : 0) | reserved << 4 | opcode;
  const mark = isMasked ? 0x80 : 0;
  const size = new DataView(new ArrayBuffer(10));
  let used = 2;
  size.setUint8(0, first);
  if (length < 126) size.setUint8(1, mark | length);
  else if (length < 65_536) {
    size.setUint8(1, mark | 126);
    size.setUint16(2, length);
    used = 4;
  } else {
    size.setUint8(1, mark | 127);
    size.setBigUint64(2, BigInt(length));
    used = 10;
  }
  const header = new Uint8Array(size.buffer, 0, used);
  if (!isMasked) return concat([header, data]);
  const mask = noise(4);
  return concat([header, mask, data.map((byte, i) => byte ^ mask[i & 3])]);
}

/** The payload of a frame that closes. */
export function closing(code: number, reason = ""): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(reason);
  return concat([Uint8Array.of(code >> 8, code & 0xff), text]);
}

/** A WebSocket. */
export class WebSocketClient implements Disposable {
  /** The connection. */
  readonly http: HttpClient;
  /** The fields with which the server has agreed. */
  readonly headers: Headers;

  /** Wraps a connection that has become a WebSocket. */
  constructor(http: HttpClient, headers: Headers) {
    this.http = http;
    this.headers = headers;
  }

  /** Asks for a WebSocket, and gives back what the server says to that. */
  static async ask(
    http: HttpClient,
    { version = "13", fields = [] }: {
      readonly version?: string;
      readonly fields?: readonly string[];
    } = {},
  ): Promise<Answer> {
    await http.send(head(
      "GET",
      "/chat",
      ...["Connection: Upgrade", "Upgrade: websocket"],
      ...[`Sec-WebSocket-Version: ${version}`, `Sec-WebSocket-Key: ${KEY}`],
      ...fields,
    ));
    return await http.answer();
  }

  /** Opens a WebSocket to a server. */
  static async open(
    stack: HttpStack,
    server: ServerProcess,
    ...fields: readonly string[]
  ): Promise<WebSocketClient> {
    const http = await stack.dial(server);
    try {
      const answer = await WebSocketClient.ask(http, { fields });
      const { status, headers, text } = answer;
      assertEquals(status, 101, text);
      assertEquals(headers.get("upgrade")?.toLowerCase(), "websocket");
      assertEquals(headers.get("connection")?.toLowerCase(), "upgrade");
      assertEquals(headers.get("sec-websocket-accept"), ACCEPT);
      return new WebSocketClient(http, headers);
    } catch (error) {
      http.close();
      throw error;
    }
  }

  /** Sends frames, all at once. */
  async send(...frames: readonly Sent[]): Promise<void> {
    await this.http.send(...frames.map(encodeFrame));
  }

  /** Sends a message as text or binary. */
  async say(payload: Uint8Array | string): Promise<void> {
    const opcode = typeof payload === "string" ? OPCODE.text : OPCODE.binary;
    await this.send({ opcode, payload });
  }

  /** Reads a frame; the end if that comes instead. */
  async frame(): Promise<Frame | End> {
    const { reader } = this.http;
    const [first, second] = await reader.take(2);
    if (second === undefined) return reader.end!;
    // RFC 6455, section 5.1: a server masks nothing.
    assert(second < 128, "a masked frame came from the server");
    const more = second === 126 ? 2 : second === 127 ? 8 : 0;
    const size = await reader.take(more);
    const length = more === 0
      ? second
      : size.reduce((sum, byte) => sum * 256 + byte, 0);
    const payload = await reader.take(length);
    if (payload.length < length) return reader.end!;
    return {
      opcode: first & 15,
      payload,
      isLast: first >= 128,
      reserved: first >> 4 & 7,
    };
  }

  /** Reads a message, which may come in many frames. */
  async message(): Promise<Message> {
    const parts: Uint8Array[] = [];
    let opcode: number | undefined;
    for (;;) {
      const frame = await this.frame();
      assert(typeof frame === "object", `no message, but ${frame}`);
      assertEquals(frame.reserved, 0);
      opcode ??= frame.opcode;
      assertEquals(frame.opcode, parts.length === 0 ? opcode : OPCODE.more);
      parts.push(frame.payload);
      if (frame.isLast) return { opcode, payload: concat(parts) };
    }
  }

  /** Reads a message as text. */
  async text(): Promise<string> {
    const { opcode, payload } = await this.message();
    assertEquals(opcode, OPCODE.text);
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  }

  /** Reads the frame that closes: its code, its reason. */
  async closed(): Promise<readonly [code: number | undefined, reason: string]> {
    const { opcode, payload } = await this.message();
    assertEquals(opcode, OPCODE.close);
    const reason = new TextDecoder().decode(payload.subarray(2));
    const code = payload.length < 2 ? undefined : payload[0] * 256 + payload[1];
    return [code, reason];
  }

  /** Sends text and asserts that the same comes back. */
  async echoes(text = "still there?"): Promise<void> {
    await this.say(text);
    assertEquals(await this.text(), text);
  }

  [Symbol.dispose](): void {
    this.http.close();
  }
}
