import fc from 'fast-check';
import { bitCorrelation } from './bit-correlation.js';
import { filterBitOf, onesOf, turnBlock, WORD } from './bit-matrix.js';
import { ColumnCounts } from './column-counts.js';
import { filterHash, hashFilter } from './filter-hash.js';

const bitOf = (bytes: Uint8Array, bit: number): number => (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;

const blocks = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: WORD, maxLength: WORD });

/** Filters of a few bytes, up to more than the planes count to. */
const filters = fc.integer({ min: 1, max: 9 }).chain((bytes) => fc.record({
  bytes: fc.constant(bytes),
  rows: fc.array(fc.uint8Array({ minLength: bytes, maxLength: bytes }), { maxLength: 40 }),
  times: fc.constantFrom(1, 2, 30),
}));

/** The formula, pair by pair. */
function correlationOf(rows: readonly Uint8Array[], bits: number): number {
  const n = rows.length;
  const share = (has: (row: Uint8Array) => boolean): number => rows.filter(has).length / n;
  const shares = Array.from({ length: bits }, (_, c) => share((row) => bitOf(row, c) === 1));
  const varying = shares.map((_, c) => c).filter((c) => shares[c] > 0 && shares[c] < 1);
  const phis = varying.flatMap((a, i) => varying.slice(i + 1).map((b) => {
    const both = share((row) => bitOf(row, a) === 1 && bitOf(row, b) === 1);
    const variance = shares[a] * (1 - shares[a]) * shares[b] * (1 - shares[b]);
    return Math.abs(both - shares[a] * shares[b]) / Math.sqrt(variance);
  })).sort((a, b) => a - b);
  return phis.length === 0 ? 0 : (phis[Math.floor(0.99 * (phis.length - 1))] * Math.sqrt(n)) / 2.576;
}

describe('bits of many filters at once', () => {
  it('turns a block: bit r of word c is what bit c of word r was', () => {
    fc.assert(fc.property(blocks, (rows) => {
      const turned = Uint32Array.from([0, ...rows]);
      turnBlock(turned, 1);
      const expected = rows.map((_, c) =>
        rows.reduce((word, row, r) => word + ((row >>> c) & 1) * 2 ** r, 0));
      expect(Array.from(turned.subarray(1))).toEqual(expected);
    }));
  });

  it('counts the ones of a word', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (word) => {
      expect(onesOf(word | 0)).toBe(word.toString(2).replaceAll('0', '').length);
    }));
  });

  it('counts each bit over filters as one by one', () => {
    fc.assert(fc.property(filters, ({ bytes, rows, times }) => {
      const words = Math.ceil(bytes / 4);
      const counts = new ColumnCounts(bytes * 8);
      const all = Array.from({ length: times }, () => rows).flat();
      for (const row of all) {
        const padded = new Uint8Array(words * 4);
        padded.set(row);
        counts.add(new Int32Array(padded.buffer), 0);
      }
      const expected = Array.from({ length: bytes * 8 }, (_, bit) =>
        all.filter((row) => bitOf(row, bit) === 1).length);
      expect(Array.from(counts.ones())).toEqual(expected);
      expect(Array.from(counts.ones())).toEqual(expected);
    }));
  });

  it('correlates columns as the formula says', () => {
    fc.assert(fc.property(filters, ({ bytes, rows }) => {
      expect(bitCorrelation(rows, bytes * 8)).toBeCloseTo(correlationOf(rows, bytes * 8), 9);
    }));
  });

  it('gives bits of words the number that they have in bytes', () => {
    const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0b00100000, 0, 0);
    const [, word] = new Uint32Array(bytes.buffer);
    expect(filterBitOf(1, Math.log2(word))).toBe(42);
  });

  it('hashes filters that differ in one bit differently, in both halves', () => {
    const seen = [new Set<number>(), new Set<number>()];
    for (let bit = 0; bit < 1024; bit++) {
      const words = new Int32Array(34);
      words[1 + (bit >> 5)] = 1 << (bit & 31);
      const hash = filterHash();
      hashFilter(words, 1, 33, hash);
      expect(hash[2]).not.toBe(0);
      seen.forEach((half, i) => half.add(hash[i]));
    }
    expect(seen.map(({ size }) => size)).toEqual([1024, 1024]);
  });
});
