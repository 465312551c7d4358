import fc from 'fast-check';
import type { EncodedExtract } from '#libs/record';
import { chance, randomFilter } from '../../../test/support/encoded-extracts.js';
import { compareAll, comparePairs } from './compare-all.js';
import type { ComparedPairs, ComparisonResult } from './comparison-result.js';
import { comparisonScheme, levelsOfVector, missingLevel, type ComparisonScheme } from './comparison-scheme.js';
import { compareAllByDefinition, vectorOfPair } from './reference.js';

interface Shape { readonly bits: number; readonly cuts: readonly number[] }

const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 0, maxLength: 5 })
  .map((hundredths) => hundredths.sort((x, y) => x - y).map((cut) => cut / 100));
/** Lengths below, at and above what the kernel reads at once (512 bits), all but two of them odd. */
const bits = fc.constantFrom(8, 24, 200, 504, 512, 520, 1000, 1024, 1032);
const shapes = fc.array(fc.record({ bits, cuts }), { minLength: 1, maxLength: 3 });
const registers = fc.record({
  shapes, seed: fc.integer(), recordsA: fc.nat(9), recordsB: fc.nat(9),
});

function schemeOf(ofSegments: readonly Shape[]): ComparisonScheme {
  return comparisonScheme(ofSegments.map((shape, s) => ({ name: `segment-${s}`, ...shape })));
}

/** Random filters; one in four is missing and one in four repeats an earlier one, so that equal ones meet. */
function randomExtract(ofSegments: readonly Shape[], records: number, seed: number): EncodedExtract {
  const segments = ofSegments.map(({ bits: length }, s) => {
    const random = chance(seed + s);
    const shared = chance(s);
    const rows = Array.from({ length: records }, () => {
      const kind = random();
      if (kind < 0.25) return new Uint8Array(length / 8);
      return kind < 0.5 ? randomFilter(length, 0.4, chance(s + Math.floor(2 * shared())))
        : randomFilter(length, 0.05 + 0.9 * random(), random);
    });
    return { name: `segment-${s}`, bits: length, filters: Uint8Array.from(Buffer.concat(rows)) };
  });
  return { registerId: 'random', cardinality: 'unique', records, segments };
}

function resultOf(steps: Generator<unknown, ComparisonResult>): ComparisonResult {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

function rows({ length, rowsOfA, rowsOfB, vectors }: ComparedPairs): string[] {
  return Array.from({ length }, (_, k) => `${rowsOfA[k]}-${rowsOfB[k]}:${vectors[k]}`);
}

function expectEqual(fast: ComparisonResult, slow: ComparisonResult): void {
  expect(fast.counts).toEqual(slow.counts);
  expect(rows(fast.pairs)).toEqual(rows(slow.pairs));
}

const every = (): boolean => true;
const odd = (vector: number): boolean => vector % 2 === 1;

describe('comparison of every pair', () => {
  it('gives what the definition gives, across two extracts', () => {
    fc.assert(fc.property(registers, fc.constantFrom(every, odd), (given, keep) => {
      const scheme = schemeOf(given.shapes);
      const a = randomExtract(given.shapes, given.recordsA, given.seed);
      const b = randomExtract(given.shapes, given.recordsB, given.seed + 99);
      const fast = resultOf(compareAll(a, b, scheme, { keep }));
      expectEqual(fast, compareAllByDefinition(a, b, scheme, { keep }));
    }), { numRuns: 60 });
  });

  it('gives what the definition gives, within one extract', () => {
    fc.assert(fc.property(registers, ({ shapes: given, recordsA, seed }) => {
      const scheme = schemeOf(given);
      const a = randomExtract(given, recordsA, seed);
      const options = { within: true, keep: every };
      expectEqual(resultOf(compareAll(a, a, scheme, options)), compareAllByDefinition(a, a, scheme, options));
    }), { numRuns: 60 });
  });

  it('goes over more rows than one tile holds', () => {
    const given = [{ bits: 24, cuts: [0.5, 1] }, { bits: 8, cuts: [0.4] }];
    const scheme = schemeOf(given);
    const a = randomExtract(given, 3, 1);
    const b = randomExtract(given, 4300, 2);
    const fast = resultOf(compareAll(a, b, scheme, { keep: odd }));
    expectEqual(fast, compareAllByDefinition(a, b, scheme, { keep: odd }));
    const within = resultOf(compareAll(b, b, scheme, { within: true }));
    expect(within.counts.reduce((sum, count) => sum + count)).toBe((4300 * 4299) / 2);
  });

  it('counts each pair once over the steps it yields, and says how far it is', () => {
    const given = [{ bits: 8, cuts: [0.3, 0.6, 1] }];
    const scheme = schemeOf(given);
    const a = randomExtract(given, 2500, 3);
    const steps = compareAll(a, a, scheme);
    const progress = [steps.next(), steps.next()];
    expect(progress[0]).toMatchObject({ done: false, value: { total: 2500 * 2500 } });
    const counts = (progress[1].value as ComparisonResult).counts;
    expect(counts.reduce((sum, count) => sum + count)).toBe(2500 * 2500);
    // Every pair twice and every record with itself: at the highest level, or missing.
    const within = resultOf(compareAll(a, a, scheme, { within: true })).counts;
    const twice = within.map((count) => 2 * count);
    expect(counts.subarray(0, 3)).toEqual(twice.subarray(0, 3));
    expect(counts[3] + counts[4]).toBe(twice[3] + twice[4] + 2500);
  });

  it('keeps no pair unless asked', () => {
    const given = [{ bits: 8, cuts: [1] }];
    const a = randomExtract(given, 5, 4);
    expect(resultOf(compareAll(a, a, schemeOf(given))).pairs.length).toBe(0);
  });
});

describe('comparison of listed pairs', () => {
  it('gives the vector of each, in the order of the list', () => {
    const lists = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 30 });
    fc.assert(fc.property(registers, lists, (given, list) => {
      const scheme = schemeOf(given.shapes);
      const a = randomExtract(given.shapes, 9, given.seed);
      const b = randomExtract(given.shapes, 9, given.seed + 99);
      const half = list.length >> 1;
      const batches = [list.slice(0, half), list.slice(half)].map((part) => Uint32Array.from(part.flat()));
      const expected = list.map(([i, j]) => ({ i, j, vector: vectorOfPair(a, i, b, j, scheme) }));
      const { counts, pairs } = resultOf(comparePairs(a, b, scheme, batches, { keep: odd }));
      expect(rows(pairs)).toEqual(expected.filter(({ vector }) => odd(vector))
        .map(({ i, j, vector }) => `${i}-${j}:${vector}`));
      expect(Array.from(counts)).toEqual(Array.from(counts, (_, v) =>
        expected.filter(({ vector }) => vector === v).length));
    }), { numRuns: 40 });
  });

  it('goes over more pairs than one call takes', () => {
    const given = [{ bits: 24, cuts: [0.5, 1] }];
    const scheme = schemeOf(given);
    const a = randomExtract(given, 200, 5);
    const b = randomExtract(given, 100, 6);
    const all = Uint32Array.from({ length: 40000 }, (_, k) =>
      (k % 2 === 0 ? Math.floor(k / 200) : (k >> 1) % 100));
    expectEqual(resultOf(comparePairs(a, b, scheme, [all], { keep: every })),
      compareAllByDefinition(a, b, scheme, { keep: every }));
  });
});

describe('a level', () => {
  it('is the highest exactly when the filters are equal, and missing when one of them is', () => {
    fc.assert(fc.property(bits, fc.integer(), (length, seed) => {
      const given = [{ bits: length, cuts: [0.5, 0.9, 1] }];
      const scheme = schemeOf(given);
      const a = randomExtract(given, 6, seed);
      const { pairs } = resultOf(compareAll(a, a, scheme, { keep: every }));
      const filter = (row: number): Buffer => Buffer.from(a.segments[0].filters).subarray(
        (row * length) / 8, ((row + 1) * length) / 8);
      const missing = (row: number): boolean => filter(row).every((byte) => byte === 0);
      for (let k = 0; k < pairs.length; k++) {
        const [i, j] = [pairs.rowsOfA[k], pairs.rowsOfB[k]];
        const [level] = levelsOfVector(scheme, pairs.vectors[k]);
        expect(level === missingLevel(scheme.segments[0])).toBe(missing(i) || missing(j));
        expect(level === 3).toBe(filter(i).equals(filter(j)) && !missing(i));
      }
    }), { numRuns: 20 });
  });

  it('is reached at the cut itself: 3 common ones of 4 and 6 are a similarity of 0.6', () => {
    const row = (byte: number): EncodedExtract => ({
      registerId: 'one', cardinality: 'unique', records: 1,
      segments: [{ name: 'segment-0', bits: 8, filters: Uint8Array.of(byte) }],
    });
    const levelAt = (cut: number): number => vectorOfKernel(schemeOf([{ bits: 8, cuts: [cut] }]));
    const vectorOfKernel = (scheme: ComparisonScheme): number =>
      resultOf(compareAll(row(0b11110000), row(0b11101110), scheme, { keep: every })).pairs.vectors[0];
    expect([0.59, 0.6, 0.61].map(levelAt)).toEqual([1, 1, 0]);
  });
});

it('refuses more filters than the kernel can address, before it lays them out', () => {
  const huge = (records: number): EncodedExtract => ({
    registerId: 'huge', cardinality: 'unique', records,
    segments: [{ name: 'segment-0', bits: 1024, filters: new Uint8Array(0) }],
  });
  expect(() => compareAll(huge(2e7), huge(2e7), schemeOf([{ bits: 1024, cuts: [1] }])).next())
    .toThrow(/fit into 4 GiB, these need 5 GiB/);
});
