import { parentPort, workerData } from 'node:worker_threads';
import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import type { OpeningOrder } from './check-threads.js';
import { DataKey } from './data-key.js';
import { PartMeter } from './part-meter.js';
import { filledSlots, SlotFiller } from './shared-slots.js';

/*
 * The program of a thread that decrypts one extract's encodings for the thread that reads the rows, and says
 * in what the bytes differ from the manifest. It has the key of this extract and of no other.
 */

async function open(order: OpeningOrder): Promise<string | undefined> {
  const key = DataKey.inThread(order.key);
  const meter = new PartMeter('encodings', order.part);
  const rows = new SlotFiller(order.plain);
  const buffers = new ShortLivedBuffers();
  for await (const { place, bytes } of filledSlots(order.sealed)) {
    const plain = key.openChunk('encodings', place, bytes, await rows.room(order.plain.slotBytes));
    rows.send(place, plain.length);
    meter.add(plain);
    buffers.pass(bytes.length);
  }
  rows.end();
  return meter.difference();
}

void open(workerData as OpeningOrder).then((difference) => parentPort?.postMessage(difference));
