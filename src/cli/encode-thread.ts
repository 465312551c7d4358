// A thread of `vinculum encode`: takes chunks of a CSV file and gives them back encoded.
import { parentPort, workerData } from 'node:worker_threads';
import { ChunkEncoder, type ChunkPlan } from './chunk-encoder.js';

const encoder = new ChunkEncoder(workerData as ChunkPlan);
parentPort?.on('message', (message: Uint8Array<ArrayBuffer> | 'close') => {
  if (message === 'close') {
    encoder.wipe();
    parentPort?.close();
    return;
  }
  const chunk = encoder.encode(message);
  parentPort?.postMessage(chunk, [chunk.encodings.buffer as ArrayBuffer]);
});
