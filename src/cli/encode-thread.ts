// A thread of `vinculum encode`: takes chunks of a CSV file and gives them back encoded.
import { parentPort, workerData } from 'node:worker_threads';
import { ChunkEncoder, type ChunkPlan } from './chunk-encoder.js';
import type { ChunkTask } from './encode-threads.js';

const encoder = new ChunkEncoder(workerData as ChunkPlan);
parentPort?.on('message', (message: ChunkTask | 'close') => {
  if (message === 'close') {
    encoder.wipe();
    parentPort?.close();
    return;
  }
  const chunk = encoder.encode(message.bytes, message.room);
  parentPort?.postMessage(chunk, [chunk.encodings.buffer as ArrayBuffer]);
});
