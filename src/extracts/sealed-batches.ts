import type { Readable } from 'node:stream';
import type { ExtractPartName } from '#libs/record';
import { SEAL_BYTES, type Sealer } from '../platform/keys/sealed-bytes.js';
import type { DataKey } from './data-key.js';
import type { StoredChunk } from './uploads.repository.js';

/** Plain bytes of a chunk at most. */
export const CHUNK_BYTES = 1 << 20;
/** The same as stored. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + SEAL_BYTES;
/** Chunks that are stored in one transaction: each costs a wait for the disk. */
const CHUNKS_A_BATCH = 4;
/** As many as `vinculum submit` sends pieces at once, unless told otherwise. */
const KEPT_MEMORIES = 4;

/** Encrypted chunks that follow each other, and the plain bytes in all of them. */
export interface Batch {
  readonly chunks: readonly StoredChunk[];
  readonly bytes: number;
}

/** Room for two batches: one is filled while the one before is stored. 8 MiB. */
export class BatchMemory {
  private readonly rooms = [0, 1].map(() => Buffer.allocUnsafeSlow(CHUNKS_A_BATCH * SEALED_CHUNK_BYTES));
  private turn = 0;

  /** Of chunk `number` of the batch. */
  room(number: number): Buffer {
    return this.rooms[this.turn].subarray(number * SEALED_CHUNK_BYTES, (number + 1) * SEALED_CHUNK_BYTES);
  }

  nextBatch(): void {
    this.turn = 1 - this.turn;
  }

  /**
   * Who takes the memory over lets go of it at once, and so it is young again: the collector of old objects
   * would come when much such had piled up.
   */
  release(): void {
    for (const { buffer } of this.rooms) structuredClone(buffer, { transfer: [buffer] });
  }
}

/** Memory of requests that have ended, for those that come while others go on. */
export class BatchMemories {
  private unused: BatchMemory[] = [];

  take(): BatchMemory {
    return this.unused.pop() ?? new BatchMemory();
  }

  /** When everything in it is stored. */
  giveBack(memory: BatchMemory): void {
    if (this.unused.length < KEPT_MEMORIES) this.unused.push(memory);
    else memory.release();
  }

  /** When no request is left: a check needs the memory more. */
  release(): void {
    for (const memory of this.unused) memory.release();
    this.unused = [];
  }
}

/** Cuts bytes into encrypted batches, each full but the last. */
export class SealedBatches {
  /** Whether more came than was allowed; the surplus is in no batch. */
  surplus = false;
  private sealer: Sealer | undefined;
  /** Plain bytes in the sealer. */
  private held = 0;
  private sealed: StoredChunk[] = [];
  private sealedBytes = 0;

  /**
   * @param place of the first byte in the part.
   * @param allowed bytes at most.
   * @param memory that nothing else uses meanwhile.
   */
  constructor(
    private readonly key: DataKey, private readonly part: ExtractPartName, private place: number,
    private allowed: number, private readonly memory: BatchMemory,
  ) {}

  /** A batch is good until the next but one is begun: until the one after the next is asked for. */
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
    this.endChunk();
    if (this.sealed.length > 0) yield this.takeBatch();
  }

  private fill(bytes: Buffer): number {
    const taken = bytes.subarray(0, CHUNK_BYTES - this.held);
    this.sealer ??= this.key.sealer(this.part, this.place, this.memory.room(this.sealed.length));
    this.sealer.add(taken);
    this.held += taken.length;
    if (this.held === CHUNK_BYTES) this.endChunk();
    return taken.length;
  }

  private endChunk(): void {
    if (!this.sealer) return;
    this.sealed.push({ place: this.place, data: this.sealer.finish() });
    this.sealer = undefined;
    this.place += this.held;
    this.sealedBytes += this.held;
    this.held = 0;
  }

  private takeBatch(): Batch {
    const batch = { chunks: this.sealed, bytes: this.sealedBytes };
    this.sealed = [];
    this.sealedBytes = 0;
    this.memory.nextBatch();
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
