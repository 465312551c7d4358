import fc from 'fast-check';
import { consentingRows } from './consenting-rows.js';

const WIDTHS = [8, 3];

/** Row by row, from arrays of rows. */
function readable(rows: readonly (readonly Uint8Array[])[], objecting: readonly boolean[]): Uint8Array[] {
  const kept = rows.filter((_, row) => !objecting[row]);
  return [0, 1, 2].map((part) => Uint8Array.from(kept.flatMap((row) => [...row[part]])));
}

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

test('the rows that take part are those of the readable twin, in order, and say where they were', () => {
  const row = fc.tuple(bytes(16), bytes(WIDTHS[0]), bytes(WIDTHS[1]), fc.boolean());
  fc.assert(fc.property(fc.array(row, { maxLength: 40 }), (drawn) => {
    const rows = drawn.map(([id, first, second], at) => {
      id[0] = at;
      return [id, first, second];
    });
    const objecting = drawn.map(([, , , objects]) => objects);
    const [recordIds, first, second] = readable(rows, rows.map(() => false));
    const segments = [first, second].map((filters, i) => (
      { name: `s${i}`, bits: 8 * WIDTHS[i], filters, ...(i === 1 && { block: true as const }) }));
    const kept = consentingRows({ recordIds, segments }, (id) => objecting[id[0]]);
    const filters = kept.segments.map((segment) => segment.filters);
    expect([kept.recordIds, ...filters]).toEqual(readable(rows, objecting));
    expect(kept.segments.map(({ block }) => block)).toEqual([undefined, true]);
    const where = [...rows.keys()].filter((at) => !objecting[at]);
    expect(kept.records).toBe(where.length);
    expect([...kept.rowOf ?? rows.keys()]).toEqual(where);
    expect(consentingRows({ recordIds, segments }, undefined)).toMatchObject({ recordIds, rowOf: undefined });
  }));
});
