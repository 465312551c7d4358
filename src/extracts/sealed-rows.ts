import type { ContentKey, RowsChunkPlace } from './content-key.js';
import type { ContentPartName } from './content-tables.js';

/** So many plain bytes a chunk has at least, but the last one; at most those of one piece of rows more. */
export const ROWS_CHUNK_BYTES = 1 << 18;

/** Encrypted rows. */
export interface SealedRowsChunk extends RowsChunkPlace {
  readonly data: Buffer;
}

/**
 * Rows into encrypted chunks of whole rows, and a last one, which may hold none.
 *
 * @param rows pieces of whole rows, as from `CopyRows.take`.
 */
export async function* sealedRows(
  key: ContentKey, part: ContentPartName, rows: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<SealedRowsChunk> {
  let held: Buffer[] = [];
  let [bytes, number] = [0, 0];
  const sealed = (last: boolean): SealedRowsChunk => {
    const place = { part, number: number++, last };
    const data = key.seal(place, held.length === 1 ? held[0] : Buffer.concat(held));
    held = [];
    bytes = 0;
    return { ...place, data };
  };
  for await (const piece of rows) {
    held.push(piece);
    bytes += piece.length;
    if (bytes >= ROWS_CHUNK_BYTES) yield sealed(false);
  }
  yield sealed(true);
}
