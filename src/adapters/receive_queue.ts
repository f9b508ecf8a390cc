/**
 * Turns chunks that a callback brings into ones that `read` waits for.
 *
 * @module
 */

// Pausing and resuming at every chunk costs more system calls than reading it.
const MOST_BYTES = 64 * 1024;

/** Chunks between the callback and `read`. */
export class ReceiveQueue {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #failure?: { readonly error: unknown };
  #wake?: () => void;

  /** Whether nothing waits to be read. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** Whether as much waits as is good, so that no more should be brought. */
  get isFull(): boolean {
    return this.#bytes >= MOST_BYTES;
  }

  /** Brings a chunk, which must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#wake?.();
  }

  /** Brings back a chunk that was read, before all others. */
  unshift(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.unshift(chunk);
    this.#bytes += chunk.length;
  }

  /** Brings the end of the stream. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Brings an error, which goes before whatever has not been read. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  /** Reads as `Conn.read` does; one read at a time. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.isEmpty && !this.#ended && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure.error;
    const chunk = this.#chunks[0];
    if (!chunk) return null;
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    this.#bytes -= part.length;
    if (part.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(part.length);
    return part.length;
  }

  /** Takes all that waits. */
  takeAll(): Uint8Array[] {
    this.#bytes = 0;
    return this.#chunks.splice(0);
  }
}
