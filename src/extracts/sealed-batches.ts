import type { Readable } from 'node:stream';
import type { ExtractPartName } from '#libs/record';
import type { DataKey } from './data-key.js';
import type { SealedChunk } from './uploads.repository.js';

/** Plain bytes of a chunk at most. */
export const CHUNK_BYTES = 1 << 20;
/** Chunks that are stored in one transaction: each costs a wait for the disk. */
const CHUNKS_A_BATCH = 4;

/** Encrypted chunks that follow each other, and the plain bytes in all of them. */
export interface Batch {
  readonly chunks: readonly SealedChunk[];
  readonly bytes: number;
}

/** Cuts bytes into encrypted batches, each full but the last. */
export class SealedBatches {
  /** Whether more came than was allowed; the surplus is in no batch. */
  surplus = false;
  private readonly chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private held = 0;
  private sealed: SealedChunk[] = [];
  private sealedBytes = 0;

  /**
   * @param place of the first byte in the part.
   * @param allowed bytes at most.
   */
  constructor(
    private readonly key: DataKey, private readonly part: ExtractPartName, private place: number,
    private allowed: number,
  ) {}

  async* of(pieces: AsyncIterable<Buffer>): AsyncGenerator<Batch> {
    for await (const piece of pieces) {
      const taken = piece.subarray(0, this.allowed);
      this.surplus ||= taken.length < piece.length;
      this.allowed -= taken.length;
      for (let at = 0; at < taken.length;) {
        at += this.fill(taken.subarray(at));
        if (this.sealed.length === CHUNKS_A_BATCH) yield this.takeBatch();
      }
      if (this.surplus) break;
    }
    if (this.held > 0) this.sealChunk();
    if (this.sealed.length > 0) yield this.takeBatch();
  }

  private fill(bytes: Buffer): number {
    const taken = bytes.copy(this.chunk, this.held);
    this.held += taken;
    if (this.held === CHUNK_BYTES) this.sealChunk();
    return taken;
  }

  private sealChunk(): void {
    const pieces = this.key.sealChunk(this.part, this.place, this.chunk.subarray(0, this.held));
    this.sealed.push({ place: this.place, pieces });
    this.place += this.held;
    this.sealedBytes += this.held;
    this.held = 0;
  }

  private takeBatch(): Batch {
    const batch = { chunks: this.sealed, bytes: this.sealedBytes };
    this.sealed = [];
    this.sealedBytes = 0;
    return batch;
  }
}

/**
 * The bytes of a request that came; a client that went away is no failure of ours, and what had come until
 * then counts.
 */
export async function* untilBroken(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!body.errored && !body.destroyed) throw error;
  }
}
