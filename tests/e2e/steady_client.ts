/**
 * A client that sends without a pause and compares every byte that comes back.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { connect, noise, peerOf, send } from "../client.ts";
import { soon } from "../server_process.ts";

// So that some of them leave the machine time for the servers.
const CHUNK = 16 * 1024;
const PAUSE_MS = 10;
const MOST_UNDERWAY = 256 * 1024;

// So much that it cannot all be back when the sending side ends.
const LAST_CHUNK = 2 * 1024 * 1024;

/** A connection under load. */
export class SteadyClient {
  /** What the records of a server call it. */
  readonly name: string;
  /** Bytes that the system has taken. */
  sent = 0;
  /** Bytes that came back, all of them those that were sent. */
  echoed = 0;
  /** How its connection ended; rejects if other bytes came than were sent. */
  readonly end: Promise<"FIN" | "RST">;
  #conn: Deno.TcpConn;
  #underway: Uint8Array[] = [];
  #isFinishing = false;
  #isStubborn = false;
  #isOver = false;
  #isDone = false;
  #changed = Promise.withResolvers<void>();

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.name = peerOf(conn);
    this.end = this.#run();
    // Whoever waits for something else meanwhile looks at it later.
    this.end.catch(() => {});
  }

  /** Connects to a port of loopback and begins. */
  static async start(port: number): Promise<SteadyClient> {
    return new SteadyClient(await connect(port));
  }

  /** Waits until so many bytes more have come back. */
  goesOn(bytes: number): Promise<void> {
    const goal = this.echoed + bytes;
    return this.#until(() => this.echoed >= goal, `${bytes} bytes more`);
  }

  /** Sends on, even if the other side has ended its stream, until finished. */
  holdOn(): void {
    this.#isStubborn = true;
  }

  /** Waits until so many bytes more are taken, whether they come back or not. */
  sends(bytes: number): Promise<void> {
    const goal = this.sent + bytes;
    return this.#until(() => this.sent >= goal, `${bytes} bytes sent`);
  }

  /** Sends one last chunk and the end of its stream; waits for the other. */
  finish(): Promise<"FIN" | "RST"> {
    this.#isFinishing = true;
    return soon(this.end, `the end of ${this.name}`);
  }

  async #run(): Promise<"FIN" | "RST"> {
    try {
      const [end] = await Promise.all([this.#receive(), this.#send()]);
      return end;
    } finally {
      this.#conn.close();
    }
  }

  async #send(): Promise<void> {
    try {
      while (!this.#isFinishing && (!this.#isOver || this.#isStubborn)) {
        const underway = this.#isOver ? 0 : this.sent - this.echoed;
        if (underway < MOST_UNDERWAY) await this.#offer(CHUNK);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      if (!this.#isOver) await this.#offer(LAST_CHUNK);
      await this.#conn.closeWrite();
    } catch {
      // What has become of the connection is for the receiving side to say.
    } finally {
      this.#isDone = true;
      this.#tell();
    }
  }

  async #offer(length: number): Promise<void> {
    const data = noise(length);
    this.#underway.push(data);
    await send(this.#conn, data);
    this.sent += length;
    this.#tell();
  }

  async #receive(): Promise<"FIN" | "RST"> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const read = await this.#conn.read(buffer);
        if (read === null) return "FIN";
        this.#compare(buffer.subarray(0, read));
        this.#tell();
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      return "RST";
    } finally {
      this.#isOver = true;
      this.#tell();
    }
  }

  #compare(data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      const expected = this.#underway[0] ?? new Uint8Array();
      const part = data.subarray(at, at + expected.length);
      const sent = expected.subarray(0, part.length);
      if (part.length === 0 || Buffer.compare(part, sent) !== 0) {
        throw new Error(`${this.name}: wrong after ${this.echoed} bytes`);
      }
      at += part.length;
      this.echoed += part.length;
      if (part.length === expected.length) this.#underway.shift();
      else this.#underway[0] = expected.subarray(part.length);
    }
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const search = async () => {
      while (!isSo()) {
        const isLive = !this.#isDone && (!this.#isOver || this.#isStubborn);
        if (!isLive) {
          const end = await this.end;
          throw new Error(`${this.name}: ${end} before ${what}`);
        }
        await this.#changed.promise;
      }
    };
    await soon(search(), `${what} of ${this.name}`);
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
