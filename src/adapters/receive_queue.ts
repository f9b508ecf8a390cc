/**
 * Turns chunks that a callback brings into ones that `read` waits for.
 *
 * @module
 */

/** Chunks between the callback and `read`. */
export class ReceiveQueue {
  #chunks: Uint8Array[] = [];
  #ended = false;
  #failure?: { readonly error: unknown };
  #wake?: () => void;

  /** Whether nothing waits to be read. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** Brings a chunk, which must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  /** Brings back a chunk that was read, before all others. */
  unshift(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.unshift(chunk);
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
    if (part.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(part.length);
    return part.length;
  }

  /** Takes all that waits. */
  takeAll(): Uint8Array[] {
    return this.#chunks.splice(0);
  }
}
