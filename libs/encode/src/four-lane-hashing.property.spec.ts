import fc from 'fast-check';
import { FilterKernel } from './filter-kernel.js';
import { FourLaneHashing } from './four-lane-hashing.js';
import { PLAIN_HASHING } from './keyed-hashing.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const token = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 8 }),
  fc.integer({ min: 45, max: 70 }).map((length) => 'x'.repeat(length)));

describe('FourLaneHashing', () => {
  const hashing = new FourLaneHashing(new FilterKernel());

  it('gives the positions of its readable twin, of several keys in turn', () => {
    const job = fc.record({ token, count: fc.integer({ min: 1, max: 60 }) });
    const jobs = fc.array(job, { maxLength: 6 });
    const bits = fc.integer({ min: 64, max: 65536 });
    fc.assert(fc.property(key, key, bits, jobs, (one, other, length, given) => {
      const fast = [one, other].map((each) => hashing.tokenHasher(each, length));
      const plain = [one, other].map((each) => PLAIN_HASHING.tokenHasher(each, length));
      given.forEach(({ token: text, count }, i) =>
        expect(fast[i % 2](text, count)).toEqual(plain[i % 2](text, count)));
    }), { numRuns: 50 });
    expect(hashing.tokenHasher(SECRET, 960)('AB', 2100)).toEqual(PLAIN_HASHING.tokenHasher(SECRET, 960)('AB', 2100));
  });

  it('gives the key stream of its readable twin, of two keys in turn', () => {
    fc.assert(fc.property(key, key, (one, other) => {
      const fast = [one, other].map((each) => hashing.keyStream(each));
      const plain = [one, other].map((each) => PLAIN_HASHING.keyStream(each));
      for (let i = 0; i < 1100; i++) expect(fast[i % 2]()).toBe(plain[i % 2]());
    }), { numRuns: 10 });
  });
});
