import { join } from 'node:path';
import { Worker, type MessagePort } from 'node:worker_threads';
import { packageRoot } from '../platform/settings/policy-document.js';
import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import type { ExtractPart } from '#libs/record';
import type { DataKey, DataKeyOfThread } from './data-key.js';
import type { CheckedRows, RowsOrder } from './encodings-check.js';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './sealed-batches.js';
import { sharedSlots, SlotFiller, type SharedSlots } from './shared-slots.js';
import type { StoredChunk } from './uploads.repository.js';

/** What encodings are checked against. */
export interface EncodingsOrder extends RowsOrder {
  /** What the bytes must be. */
  readonly part: ExtractPart;
}

export interface CheckedEncodings extends CheckedRows {
  /** Of the bytes from the manifest. */
  readonly difference: string | undefined;
}

/** For `open-thread`: the key of the extract, where chunks come from, and where their bytes go. */
export interface OpeningOrder {
  readonly part: ExtractPart;
  readonly key: DataKeyOfThread;
  readonly sealed: SharedSlots;
  readonly plain: SharedSlots;
}

/** For `rows-thread`, which has no key. */
export interface RowsThreadOrder extends RowsOrder {
  readonly plain: SharedSlots;
}

/** From the built program also where the service itself runs from sources under test. */
const PROGRAMS = join('dist', 'src', 'extracts');

/** The less may be young, the less waits for the collector of what was allocated for a moment. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

/**
 * Checks encodings in two threads of their own, while this one gets what comes next from the database: one
 * decrypts and hashes, the other reads the rows. A check of many millions of rows takes a minute; requests
 * are served meanwhile.
 *
 * @param read the chunks in their order, each in memory that it asks for.
 * @throws what reading throws; Error where a thread fails.
 */
export async function checkInThreads(
  order: EncodingsOrder, key: DataKey,
  read: (room: (length: number) => Promise<Buffer>) => AsyncIterable<StoredChunk>,
): Promise<CheckedEncodings> {
  const [filled, sealed] = sharedSlots(SEALED_CHUNK_BYTES);
  const [opened, plain] = sharedSlots(CHUNK_BYTES);
  const { part, ...rowsOrder } = order;
  const opening: OpeningOrder = { part, key: key.forThread(), sealed, plain: opened };
  const chunks = new SlotFiller(filled);
  const hashed = new CheckThread<string | undefined>('open-thread.js', opening, [sealed.port, opened.port]);
  const rows = new CheckThread<CheckedRows>(
    'rows-thread.js', { ...rowsOrder, plain } satisfies RowsThreadOrder, [plain.port]);
  for (const { answer } of [hashed, rows]) answer.catch((error: Error) => chunks.stop(error));
  try {
    const buffers = new ShortLivedBuffers();
    for await (const { place, data } of read((length) => chunks.room(length))) {
      chunks.send(place, data.length);
      buffers.pass(data.length);
    }
    chunks.end();
    const [difference, checked] = await Promise.all([hashed.answer, rows.answer]);
    return { ...checked, difference };
  } finally {
    filled.port.close();
    await Promise.all([hashed.close(), rows.close()]);
  }
}

/** A thread, and the one thing that it says. */
class CheckThread<T> {
  readonly answer: Promise<T>;
  private readonly worker: Worker;

  constructor(program: string, order: unknown, ports: readonly MessagePort[]) {
    this.worker = new Worker(join(packageRoot(), PROGRAMS, program), {
      workerData: order, transferList: [...ports], resourceLimits: LIMITS,
    });
    this.answer = new Promise((done, fail) => {
      this.worker.once('message', done);
      this.worker.once('error', fail);
      this.worker.once('exit', () => fail(new Error('a thread of a check ended before its work was done')));
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
