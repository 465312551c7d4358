import { parentPort, workerData } from 'node:worker_threads';
import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import type { CheckAnswer, CheckOrder, FilledSlot } from './check-threads.js';
import { DataKey } from './data-key.js';
import { checkEncodings } from './encodings-check.js';

/*
 * The program of a thread that checks one extract's encodings: it decrypts chunks out of memory that it
 * shares with the thread that gets them from the database. It has the key of this extract and of no other.
 */

const order = workerData as CheckOrder;
const key = DataKey.inThread(order.key);
const buffers = new ShortLivedBuffers();
const filled: (FilledSlot | 'end')[] = [];
let heard: () => void = () => undefined;

function say(answer: CheckAnswer, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer);
}

/** What is in the slots, in their order. */
async function* bytes(): AsyncGenerator<Buffer> {
  for (;;) {
    const next = filled.shift();
    if (next === 'end') return;
    if (next === undefined) {
      await new Promise<void>((go) => { heard = go; });
      continue;
    }
    const { slot, place, length } = next;
    const plain = key.openChunk('encodings', place, Buffer.from(order.memory, slot * order.slotBytes, length));
    say({ kind: 'free', slot });
    yield plain;
    buffers.pass(length);
  }
}

parentPort?.on('message', (message: FilledSlot | 'end') => {
  filled.push(message);
  heard();
});

void checkEncodings(order, bytes()).then((checked) => {
  say({ kind: 'checked', checked }, [checked.rows.kept.buffer, checked.rows.slots.buffer]);
  parentPort?.close();
});
