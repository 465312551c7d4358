import fc from 'fast-check';
import { createRecordIdentifier } from './keys.js';
import { createRecordIdWriter } from './record-id-writer.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const localId = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.integer({ min: 50, max: 70 }).map((length) => 'x'.repeat(length)), fc.constant(''));

describe('createRecordIdWriter', () => {
  it('writes the ids that are made one by one, and nothing between them', () => {
    const write = createRecordIdWriter(SECRET, 'permits');
    const identify = createRecordIdentifier(SECRET, 'permits');
    fc.assert(fc.property(fc.array(localId, { maxLength: 9 }), fc.nat(5), fc.nat(5), (ids, offset, gap) => {
      const rowBytes = 16 + gap;
      const expected = new Uint8Array(offset + 9 * rowBytes).fill(7);
      const written = expected.slice();
      ids.forEach((id, i) => expected.set(identify(id), offset + i * rowBytes));
      write.writeTexts(ids, written, offset, rowBytes);
      expect(written).toEqual(expected);
      const ends = ids.map((_, i) => Buffer.byteLength(ids.slice(0, i + 1).join('')));
      const fields = Uint32Array.from(ids.flatMap((_, i) => [ends[i - 1] ?? 0, ends[i]]));
      written.fill(7);
      write.writeFields(Buffer.from(ids.join('')), fields, written, offset, rowBytes);
      expect(written).toEqual(expected);
    }), { numRuns: 300 });
  });

  it('goes on beyond a batch, and refuses what has no room', () => {
    const ids = Array.from({ length: 700 }, (_, i) => (i % 97 === 0 ? `№ ${i}` : `P${i}`));
    const identify = createRecordIdentifier(SECRET, 'r');
    const out = new Uint8Array(700 * 16);
    createRecordIdWriter(SECRET, 'r').writeTexts(ids, out, 0, 16);
    expect(Buffer.from(out).equals(Buffer.concat(ids.map(identify)))).toBe(true);
    expect(() => createRecordIdWriter(SECRET, 'r').writeTexts(ids, out, 1, 16)).toThrow(RangeError);
  });
});
