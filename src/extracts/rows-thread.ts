import { parentPort, workerData } from 'node:worker_threads';
import type { RowsThreadOrder } from './check-threads.js';
import { checkRows } from './encodings-check.js';
import { filledSlots } from './shared-slots.js';

/* The program of a thread that reads the rows of one extract's encodings, as another one decrypts them. */

async function* bytesOf({ plain }: RowsThreadOrder): AsyncGenerator<Buffer> {
  for await (const { bytes } of filledSlots(plain)) yield bytes;
}

const order = workerData as RowsThreadOrder;
void checkRows(order, bytesOf(order)).then((checked) =>
  parentPort?.postMessage(checked, [checked.rows.kept.buffer, checked.rows.slots.buffer]));
