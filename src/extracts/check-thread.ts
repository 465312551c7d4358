import { parentPort, workerData } from 'node:worker_threads';
import type { CheckAnswer, CheckOrder, FilledSlot } from './check-threads.js';
import { checkEncodings } from './encodings-check.js';

/*
 * The program of a thread that checks one extract's encodings: it sees their bytes through memory that it
 * shares with the thread that decrypts them, no key and no other extract.
 */

const order = workerData as CheckOrder;
const filled: (FilledSlot | 'end')[] = [];
let heard: () => void = () => undefined;

function say(answer: CheckAnswer, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer);
}

/** What is in the slots, in their order; each may be filled again when the next is asked for. */
async function* bytes(): AsyncGenerator<Buffer> {
  for (;;) {
    const next = filled.shift();
    if (next === 'end') return;
    if (next === undefined) {
      await new Promise<void>((go) => { heard = go; });
      continue;
    }
    yield Buffer.from(order.memory, next.slot * order.slotBytes, next.length);
    say({ kind: 'free', slot: next.slot });
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
