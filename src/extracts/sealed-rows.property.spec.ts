import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ContentKey } from './content-key.js';
import { ROWS_CHUNK_BYTES, sealedRows, type SealedRowsChunk } from './sealed-rows.js';

async function sealedOf(key: ContentKey, rows: readonly Buffer[]): Promise<SealedRowsChunk[]> {
  const chunks: SealedRowsChunk[] = [];
  for await (const chunk of sealedRows(key, 'content', rows)) chunks.push(chunk);
  return chunks;
}

const piece = fc.nat(ROWS_CHUNK_BYTES).map((length) => Buffer.alloc(length, length % 251));
const piecesOfRows = fc.array(piece, { maxLength: 9 });

describe('sealedRows', () => {
  it('gives every piece back, in chunks that are large but the last, none of which opens elsewhere', async () => {
    await fc.assert(fc.asyncProperty(piecesOfRows, async (rows) => {
      const extract = randomUUID();
      const key = ContentKey.generate(extract);
      const chunks = await sealedOf(key, rows);
      expect(chunks.map(({ number, last }) => [number, last]))
        .toEqual(chunks.map((_, number) => [number, number === chunks.length - 1]));
      const opened = chunks.map(({ data, ...place }) => key.open(place, data));
      expect(Buffer.concat(opened).equals(Buffer.concat(rows))).toBe(true);
      for (const plain of opened.slice(0, -1)) {
        expect(plain.length).toBeGreaterThanOrEqual(ROWS_CHUNK_BYTES);
        expect(plain.length).toBeLessThan(3 * ROWS_CHUNK_BYTES);
      }
      const { data, ...place } = chunks[0];
      expect(() => key.open({ ...place, number: 1 }, data)).toThrow(/authenticate/);
      expect(() => key.open({ ...place, last: !place.last }, data)).toThrow(/authenticate/);
      expect(() => key.open({ ...place, part: 'events' }, data)).toThrow(/authenticate/);
      expect(() => ContentKey.generate(extract).open(place, data)).toThrow(/authenticate/);
    }), { numRuns: 30 });
  });
});
