import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { RecordIdTable } from '../extract-folder/index.js';
import { RecordRows } from './record-rows.js';

const hashed = (n: number): Buffer => createHash('sha256').update(String(n)).digest().subarray(0, 16);
/** Ids that differ in a few bits at one end, as those of a custodian who numbers its records. */
const numbered = (n: number): Buffer => {
  const id = Buffer.alloc(16);
  id.writeUInt32BE(n, 12);
  return id;
};
const numberedAtTheStart = (n: number): Buffer => numbered(n).reverse();

describe('RecordRows', () => {
  it.each([['hashed', hashed], ['numbered', numbered], ['numbered at the start', numberedAtTheStart]])(
    'knows the row of each id as its exact twin does: %s ids', (_name, idOf) => {
      fc.assert(fc.property(fc.array(fc.nat(3000), { maxLength: 3000 }), (numbers) => {
        const rows = new RecordRows(numbers.length);
        const twin = new RecordIdTable();
        numbers.forEach((n, i) => {
          expect(rows.add(idOf(n), 0)).toBe(twin.add(idOf(n), i + 1));
        });
        const elsewhere = new RecordRows(structuredClone(rows.tables()));
        for (const n of [0, 1, 5000, ...numbers.slice(0, 50)]) {
          expect(rows.rowOf(idOf(n))).toBe(twin.rowOf(idOf(n)));
          expect(elsewhere.rowOf(idOf(n))).toBe(twin.rowOf(idOf(n)));
        }
      }), { numRuns: 20 });
    });

  it('reads ids inside of rows, and takes no other length for an id', () => {
    const rows = new RecordRows(2);
    const bytes = Buffer.concat([hashed(1), Buffer.alloc(8), hashed(2)]);
    expect([rows.add(bytes, 0), rows.add(bytes, 24)]).toEqual([0, 0]);
    expect(rows.rowOf(hashed(2))).toBe(2);
    expect(rows.rowOf(hashed(2).subarray(1))).toBe(0);
  });

  it('takes at most 14 bytes a record', () => {
    const before = process.memoryUsage().arrayBuffers;
    const rows = new RecordRows(1_000_000);
    expect((process.memoryUsage().arrayBuffers - before) / 1_000_000).toBeLessThan(14);
    expect(rows.rowOf(hashed(1))).toBe(0);
  });
});
