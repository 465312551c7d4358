import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import type { DataKey } from './data-key.js';
import type { StoredChunk } from './uploads.repository.js';

/**
 * Stored chunks of encodings, decrypted into memory that is used again: what comes out is good until the next
 * is asked for. New memory for each, a MiB at a time, would have the collector of old objects come for it.
 */
export async function* openedChunks(
  key: DataKey, chunks: AsyncIterable<StoredChunk>,
): AsyncGenerator<Buffer> {
  const buffers = new ShortLivedBuffers();
  let memory = Buffer.alloc(0);
  for await (const { place, data } of chunks) {
    if (memory.length < data.length) memory = Buffer.allocUnsafeSlow(data.length);
    yield key.openChunk('encodings', place, data, memory);
    buffers.pass(data.length);
  }
}
