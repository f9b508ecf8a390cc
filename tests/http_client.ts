/**
 * A client of HTTP/1.1 that sends bytes as they are given.
 *
 * @module
 */

import { assert } from "./assert.ts";
import { peerOf, send } from "./client.ts";
import { soon } from "./server_process.ts";

const ROOM = 256 * 1024;

/** How a stream has ended. */
export type End = "FIN" | "RST";

/** The beginning of an answer. */
export interface Head {
  /** The version, such as `HTTP/1.1`. */
  readonly version: string;
  /** The status. */
  readonly status: number;
  /** The fields. */
  readonly headers: Headers;
}

/** An answer. */
export interface Answer extends Head {
  /** The body, as far as it has come, without chunk headers. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether its end has come, by chunks, by length or else by FIN. */
  readonly isWhole: boolean;
  /** The same as text. */
  readonly text: string;
}

/** Reads a stream by lines and by lengths. */
export class Reader {
  /** How the stream has ended, if it has. */
  end?: End;
  #conn: Deno.Conn;
  #buffer = new Uint8Array(ROOM);
  #from = 0;
  #to = 0;

  /** @param conn where the bytes come from. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** At most so many bytes, as they come; fewer than one at the end alone. */
  async some(most: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.hasMore();
    const to = Math.min(this.#from + most, this.#to);
    const part = this.#buffer.slice(this.#from, to);
    this.#from = to;
    return part;
  }

  /** Whether there is another byte, once that is known. */
  async hasMore(): Promise<boolean> {
    if (this.#from === this.#to) await soon(this.#fill(), "more bytes");
    return this.#from < this.#to;
  }

  /** So many bytes, or fewer if the stream ends before. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const part = await this.some(length - at);
      if (part.length === 0) return bytes.subarray(0, at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** A line without its CRLF; `undefined` if the stream ends before that. */
  async line(): Promise<string | undefined> {
    let text = "";
    for (;;) {
      const [byte] = await this.some(1);
      if (byte === undefined) return undefined;
      text += String.fromCharCode(byte);
      if (text.endsWith("\r\n")) return text.slice(0, -2);
    }
  }

  async #fill(): Promise<void> {
    if (this.end) return;
    [this.#from, this.#to] = [0, 0];
    try {
      const read = await this.#conn.read(this.#buffer);
      if (read === null) this.end = "FIN";
      else this.#to = read;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      this.end = "RST";
    }
  }
}

/** A connection to an HTTP listener. */
export class HttpClient implements Disposable {
  /** The connection. */
  readonly conn: Deno.Conn;
  /** What comes over it. */
  readonly reader: Reader;
  #isClosed = false;

  /** @param conn the connection; it is closed with the client. */
  constructor(conn: Deno.Conn) {
    this.conn = conn;
    this.reader = new Reader(conn);
  }

  /** What records call it. */
  get peer(): string {
    return peerOf(this.conn);
  }

  /** Sends text or bytes as they are. */
  async send(...parts: readonly (string | Uint8Array)[]): Promise<void> {
    const bytes = parts.map((part) =>
      typeof part === "string" ? new TextEncoder().encode(part) : part
    );
    await send(this.conn, concat(bytes));
  }

  /** Sends a request that has no body, and reads the answer. */
  async get(target = "/", ...fields: readonly string[]): Promise<Answer> {
    await this.send(head("GET", target, ...fields));
    return await this.answer();
  }

  /** Sends a body with its length, and reads the answer meanwhile. */
  async post(
    target: string,
    body: string | Uint8Array,
    ...fields: readonly string[]
  ): Promise<Answer> {
    const { length } = typeof body === "string"
      ? new TextEncoder().encode(body)
      : body;
    const all = [`Content-Length: ${length}`, ...fields];
    return await this.upload([head("POST", target, ...all), body]);
  }

  /** Sends a request, and reads the answer meanwhile. */
  async upload(parts: readonly (string | Uint8Array)[]): Promise<Answer> {
    const sending = this.send(...parts);
    // Why there is no answer says more than why it cannot be written any more.
    sending.catch(() => {});
    const answer = await this.answer();
    await sending;
    return answer;
  }

  /** Reads an answer that must come whole. */
  async answer(method = "GET"): Promise<Answer> {
    const answer = await this.cutAnswer(method);
    assert(answer.isWhole, `${answer.status} broke off: ${this.reader.end}`);
    return answer;
  }

  /** Reads an answer, of which the body may break off. */
  async cutAnswer(method = "GET"): Promise<Answer> {
    const head = await this.head();
    const parts: Uint8Array[] = [];
    const isWhole = await this.body(head, (part) => parts.push(part), method);
    const body = concat(parts);
    return { ...head, body, isWhole, text: new TextDecoder().decode(body) };
  }

  /** Reads the beginning of an answer. */
  async head(): Promise<Head> {
    const first = await this.reader.line();
    const [, version, status] = /^(HTTP\/\d\.\d) (\d{3}) /.exec(`${first} `) ??
      [];
    assert(version !== undefined, `no answer: ${first} ${this.reader.end}`);
    const headers = new Headers();
    for (;;) {
      const line = await this.reader.line();
      if (!line) return { version, status: Number(status), headers };
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
  }

  /** Reads the body that follows; gives back whether it came whole. */
  async body(
    { status, headers }: Head,
    onPart: (part: Uint8Array) => void,
    method = "GET",
  ): Promise<boolean> {
    if (method === "HEAD" || status < 200 || [204, 304].includes(status)) {
      return true;
    }
    if (headers.get("transfer-encoding") === "chunked") {
      return await this.#chunks(onPart);
    }
    const length = headers.get("content-length");
    const wanted = length === null ? Infinity : Number(length);
    const read = await this.#upTo(wanted, onPart);
    return length === null ? this.reader.end === "FIN" : read === wanted;
  }

  /** Reads what comes until the stream ends. */
  async rest(): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    await this.#upTo(Infinity, (part) => parts.push(part));
    return concat(parts);
  }

  /** Reads to the end, before which nothing may come. */
  async ends(): Promise<End | undefined> {
    const { length } = await this.rest();
    assert(length === 0, `${length} bytes came before the end`);
    return this.reader.end;
  }

  async #chunks(onPart: (part: Uint8Array) => void): Promise<boolean> {
    for (;;) {
      const size = Number.parseInt(await this.reader.line() ?? "", 16);
      if (Number.isNaN(size)) return false;
      if (await this.#upTo(size, onPart) < size) return false;
      // No test makes a server send trailers.
      if (await this.reader.line() !== "") return false;
      if (size === 0) return true;
    }
  }

  async #upTo(
    length: number,
    onPart: (part: Uint8Array) => void,
  ): Promise<number> {
    let read = 0;
    while (read < length) {
      const part = await this.reader.some(length - read);
      if (part.length === 0) break;
      read += part.length;
      onPart(part);
    }
    return read;
  }

  /** Closes the connection. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The header of a request, with a Host. */
export function head(
  method: string,
  target: string,
  ...fields: readonly string[]
): string {
  const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** One chunk of a body; an empty one is its end. */
export function chunk(data: string | Uint8Array): Uint8Array {
  const bytes = typeof data === "string"
    ? new TextEncoder().encode(data)
    : data;
  const encoder = new TextEncoder();
  const size = encoder.encode(`${bytes.length.toString(16)}\r\n`);
  return concat([size, bytes, encoder.encode("\r\n")]);
}

/** Bytes one after the other. */
export function concat(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
