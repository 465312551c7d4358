import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../platform/settings/policy-document.js';
import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import { SEAL_BYTES } from '../platform/keys/sealed-bytes.js';
import type { DataKey, DataKeyOfThread } from './data-key.js';
import type { CheckedEncodings, EncodingsOrder } from './encodings-check.js';
import { CHUNK_BYTES } from './sealed-batches.js';
import type { StoredChunk } from './uploads.repository.js';

/** The order, the key of the extract, and memory that both threads see. */
export interface CheckOrder extends EncodingsOrder {
  readonly key: DataKeyOfThread;
  readonly memory: SharedArrayBuffer;
  readonly slotBytes: number;
}

/** An encrypted chunk for the thread, which says when it has read it. */
export interface FilledSlot {
  readonly slot: number;
  readonly place: number;
  readonly length: number;
}

export type CheckAnswer =
  | { readonly kind: 'free'; readonly slot: number }
  | { readonly kind: 'checked'; readonly checked: CheckedEncodings };

/** From the built program also where the service itself runs from sources under test. */
const THREAD = join('dist', 'src', 'extracts', 'check-thread.js');

const SLOT_BYTES = CHUNK_BYTES + SEAL_BYTES;
const SLOTS = 2;

/** The less may be young, the less waits for the collector of what was allocated for a moment. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

/**
 * Checks encodings in a thread of their own, while this one gets what comes next from the database. A check
 * of many millions of rows takes a minute; requests are served meanwhile.
 *
 * @param read the chunks in their order, each in memory that it asks for.
 * @throws what reading throws; Error where the thread fails.
 */
export async function checkInThread(
  order: EncodingsOrder, key: DataKey,
  read: (room: (length: number) => Promise<Buffer>) => AsyncIterable<StoredChunk>,
): Promise<CheckedEncodings> {
  const thread = new CheckThread(order, key);
  try {
    const buffers = new ShortLivedBuffers();
    for await (const { place, data } of read((length) => thread.room(length))) {
      thread.take(place);
      buffers.pass(data.length);
    }
    return await thread.finish();
  } finally {
    await thread.close();
  }
}

class CheckThread {
  private readonly memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  private readonly worker: Worker;
  private readonly free = Array.from({ length: SLOTS }, (_, slot) => slot);
  private freed: () => void = () => undefined;
  private readonly checked: Promise<CheckedEncodings>;
  private ended = false;
  private filling = { slot: -1, length: 0 };

  constructor(order: EncodingsOrder, key: DataKey) {
    const whole: CheckOrder = {
      ...order, key: key.forThread(), memory: this.memory, slotBytes: SLOT_BYTES,
    };
    this.worker = new Worker(join(packageRoot(), THREAD), { workerData: whole, resourceLimits: LIMITS });
    this.checked = new Promise((done, fail) => {
      this.worker.on('message', (answer: CheckAnswer) => {
        if (answer.kind === 'checked') return done(answer.checked);
        this.free.push(answer.slot);
        this.freed();
      });
      this.worker.on('error', fail);
      this.worker.once('exit', () => fail(new Error('the thread of a check ended before its work was done')));
    });
    // Heard by `finish`, or by `room` where it waits in vain.
    this.checked.catch(() => {
      this.ended = true;
      this.freed();
    });
  }

  /** Memory for the next chunk, as soon as there is some. */
  async room(length: number): Promise<Buffer> {
    if (length > SLOT_BYTES) throw new Error(`a chunk of ${length} bytes is longer than any that is stored`);
    const slot = await this.nextSlot();
    this.filling = { slot, length };
    return Buffer.from(this.memory, slot * SLOT_BYTES, length);
  }

  /** The chunk of this place lies in the memory that was asked for last. */
  take(place: number): void {
    this.worker.postMessage({ ...this.filling, place } satisfies FilledSlot);
  }

  finish(): Promise<CheckedEncodings> {
    this.worker.postMessage('end');
    return this.checked;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private async nextSlot(): Promise<number> {
    for (;;) {
      if (this.ended) await this.checked;
      const slot = this.free.shift();
      if (slot !== undefined) return slot;
      await new Promise<void>((go) => { this.freed = go; });
    }
  }
}
