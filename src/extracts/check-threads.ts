import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../platform/settings/policy-document.js';
import type { CheckedEncodings, EncodingsOrder } from './encodings-check.js';

/** Bytes in memory that both threads see, and the order. */
export interface CheckOrder extends EncodingsOrder {
  readonly memory: SharedArrayBuffer;
  readonly slotBytes: number;
}

/** Bytes for the thread, which says when it has read them. */
export interface FilledSlot {
  readonly slot: number;
  readonly length: number;
}

export type CheckAnswer =
  | { readonly kind: 'free'; readonly slot: number }
  | { readonly kind: 'checked'; readonly checked: CheckedEncodings };

/** From the built program also where the service itself runs from sources under test. */
const THREAD = join('dist', 'src', 'extracts', 'check-thread.js');

const SLOT_BYTES = 1 << 20;
const SLOTS = 4;

/** The less may be young, the less waits for the collector of what was allocated for a moment. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

/**
 * Checks encodings in a thread of their own, while this one reads and decrypts what comes next. A check of
 * many millions of rows takes minutes; requests are served meanwhile.
 *
 * @throws what reading throws; Error where the thread fails.
 */
export async function checkInThread(
  order: EncodingsOrder, bytes: AsyncIterable<Buffer>,
): Promise<CheckedEncodings> {
  const thread = new CheckThread(order);
  try {
    for await (const piece of bytes) await thread.take(piece);
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

  constructor(order: EncodingsOrder) {
    const whole: CheckOrder = { ...order, memory: this.memory, slotBytes: SLOT_BYTES };
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
    // Heard by `finish`, or by `take` where it waits in vain.
    this.checked.catch(() => {
      this.ended = true;
      this.freed();
    });
  }

  /** Waits until there is room. */
  async take(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
      const slot = await this.nextSlot();
      const piece = bytes.subarray(at, at + SLOT_BYTES);
      new Uint8Array(this.memory, slot * SLOT_BYTES, piece.length).set(piece);
      this.worker.postMessage({ slot, length: piece.length } satisfies FilledSlot);
    }
  }

  finish(): Promise<CheckedEncodings> {
    this.worker.postMessage('end');
    return this.checked;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
    // What was plain is not left behind for whoever gets the memory next.
    new Uint8Array(this.memory).fill(0);
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
