import fc from 'fast-check';
import { copyStrided } from './strided-copy.js';

const SIZE = 256;
const place = fc.record({
  begin: fc.integer({ min: 0, max: 8 }), offset: fc.integer({ min: 0, max: 12 }),
  gap: fc.integer({ min: 0, max: 8 }),
});

describe('copyStrided', () => {
  it('copies what stands there and nothing else, whether in words or not', () => {
    const [lengths, counts] = [20, 5].map((max) => fc.integer({ min: 0, max }));
    fc.assert(fc.property(
      place, place, lengths, counts, (one, other, length, count) => {
        const source = Uint8Array.from({ length: SIZE }, (_, i) => i + 1).subarray(one.begin);
        const target = new Uint8Array(SIZE).subarray(other.begin);
        const expected = target.slice();
        const [from, to] = [one, other].map(({ offset, gap }) => ({ offset, step: length + gap }));
        for (let i = 0; i < count; i++) {
          const at = from.offset + i * from.step;
          expected.set(source.subarray(at, at + length), to.offset + i * to.step);
        }
        copyStrided({ bytes: source, ...from }, { bytes: target, ...to }, length, count);
        expect(target).toEqual(expected);
      }), { numRuns: 1000 });
  });
});
