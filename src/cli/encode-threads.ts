import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Encoder } from '#libs/encode';
import { ChunkEncoder, type ChunkPlan } from './chunk-encoder.js';
import type { EncodedChunk } from './encoded-chunk.js';

const THREAD = join(__dirname, 'encode-thread.js');
/** Starting a thread takes as long as encoding about so much. */
const BYTES_WORTH_A_THREAD = 4 << 20;
/** Chunks that each thread has or waits for; more would only fill memory. */
const CHUNKS_AHEAD = 2;

/**
 * Threads for a file of so many bytes: none where they would not pay, else one for each core but that of the
 * calling thread, which hashes and writes about as long as one of them encodes. Each has to learn the values
 * by itself, so one more than there are cores would only add to the work.
 */
export function threadsFor(bytes: number): number {
  return bytes < BYTES_WORTH_A_THREAD || !existsSync(THREAD) ? 0 : Math.max(1, availableParallelism() - 1);
}

/** What a thread is sent: a chunk, and the room of an earlier result that is needed no more. */
export interface ChunkTask {
  readonly bytes: Uint8Array;
  readonly room: ArrayBuffer | undefined;
}

/**
 * Encodes chunks with so many threads (0: in this one) and gives them back in their order, so that the
 * result does not depend on the number of threads. Memory holds a few chunks: an encoded one is there until
 * the next is asked for, and then its room is taken again.
 *
 * @param ownEncoder of the plan's spec and secret, for this thread
 */
export async function* encodeChunks(
  chunks: Iterable<Uint8Array>, plan: ChunkPlan, threads: number, ownEncoder: Encoder,
): AsyncGenerator<EncodedChunk, void, undefined> {
  const rooms: ArrayBuffer[] = [];
  if (threads === 0) {
    const encoder = new ChunkEncoder(plan, ownEncoder);
    for (const bytes of chunks) {
      const chunk = encoder.encode(bytes, rooms.pop());
      yield chunk;
      rooms.push(chunk.encodings.buffer as ArrayBuffer);
      // Reading and encoding do not wait for anything; a signal gets its turn here.
      await new Promise((done) => setImmediate(done));
    }
    return;
  }
  const pool = Array.from({ length: threads }, () => new EncodeThread(plan));
  const ahead: Promise<EncodedChunk>[] = [];
  try {
    let number = 0;
    for (const bytes of chunks) {
      ahead.push(pool[number++ % threads].encode({ bytes, room: rooms.pop() }));
      if (ahead.length < threads * CHUNKS_AHEAD) continue;
      const chunk = await (ahead.shift() as Promise<EncodedChunk>);
      yield chunk;
      rooms.push(chunk.encodings.buffer as ArrayBuffer);
    }
    while (ahead.length > 0) yield await (ahead.shift() as Promise<EncodedChunk>);
  } finally {
    await Promise.all(pool.map((thread) => thread.close()));
  }
}

interface Waiting {
  readonly done: (chunk: EncodedChunk) => void;
  readonly fail: (error: unknown) => void;
}

/** One thread; answers come in the order of the chunks. */
class EncodeThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private readonly ended: Promise<void>;

  constructor(plan: ChunkPlan) {
    this.worker = new Worker(THREAD, { workerData: plan });
    this.worker.on('message', (chunk: EncodedChunk) => this.waiting.shift()?.done(chunk));
    this.worker.on('error', (error) => this.failAll(error));
    this.ended = new Promise((done) => this.worker.once('exit', () => {
      this.failAll(new Error('a thread of the encoding ended before its work was done'));
      done();
    }));
  }

  encode(task: ChunkTask): Promise<EncodedChunk> {
    const answer = new Promise<EncodedChunk>((done, fail) => this.waiting.push({ done, fail }));
    // Whoever consumes the chunks meets the error in its turn, or has stopped before it.
    answer.catch(() => undefined);
    const buffers = [task.bytes.buffer, ...(task.room ? [task.room] : [])];
    this.worker.postMessage(task, buffers as ArrayBuffer[]);
    return answer;
  }

  /** Lets the thread wipe its copy of the secret; it first finishes the chunks that it has. */
  async close(): Promise<void> {
    this.worker.postMessage('close');
    await this.ended;
  }

  private failAll(error: unknown): void {
    for (const { fail } of this.waiting.splice(0)) fail(error);
  }
}
