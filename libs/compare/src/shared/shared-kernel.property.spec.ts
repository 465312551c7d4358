import fc from 'fast-check';
import type { EncodedExtract } from '#libs/record';
import { chance, randomFilter } from '../../../../test/support/encoded-extracts.js';
import { comparisonScheme, type ComparisonScheme } from '../comparison-scheme.js';
import { compareAllByDefinition } from '../reference.js';
import { CANDIDATE_BATCH, shareFilters, type SharedFilters } from './shared-filters.js';
import { SharedKernel } from './shared-kernel.js';

const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 0, maxLength: 5 })
  .map((hundredths) => hundredths.sort((x, y) => x - y).map((cut) => cut / 100));
/** Lengths below, at and above what the kernel reads at once (512 bits). */
const bits = fc.constantFrom(8, 24, 504, 512, 520, 1024);
const registers = fc.record({
  shapes: fc.array(fc.record({ bits, cuts }), { minLength: 1, maxLength: 3 }),
  seed: fc.integer(), recordsA: fc.integer({ min: 1, max: 9 }), recordsB: fc.integer({ min: 1, max: 40 }),
});

type Shapes = readonly { readonly bits: number; readonly cuts: readonly number[] }[];

function extract(shapes: Shapes, records: number, seed: number): EncodedExtract {
  const segments = shapes.map(({ bits: length }, s) => {
    const random = chance(seed + s);
    const shared = randomFilter(length, 0.4, chance(s));
    const rows = Array.from({ length: records }, () => {
      const kind = random();
      if (kind < 0.25) return new Uint8Array(length / 8);
      return kind < 0.5 ? shared : randomFilter(length, 0.05 + 0.9 * random(), random);
    });
    return { name: `segment-${s}`, bits: length, filters: Uint8Array.from(Buffer.concat(rows)) };
  });
  return { registerId: 'random', cardinality: 'unique', records, segments };
}

function shared(extracts: readonly EncodedExtract[], scheme: ComparisonScheme): SharedFilters {
  const steps = shareFilters(extracts, scheme, 2);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

function prepared({ shapes, seed, recordsA, recordsB }: {
  shapes: Shapes; seed: number; recordsA: number; recordsB: number;
}) {
  const scheme = comparisonScheme(shapes.map((shape, s) => ({ name: `segment-${s}`, ...shape })));
  const [a, b] = [extract(shapes, recordsA, seed), extract(shapes, recordsB, seed + 7)];
  const filters = shared([a, b], scheme);
  const keep = Uint8Array.from({ length: scheme.vectors }, (_, v) => v % 2);
  const slow = compareAllByDefinition(a, b, scheme, { keep: (vector) => vector % 2 === 1 });
  const expected = Array.from({ length: slow.pairs.length }, (_, k) =>
    [slow.pairs.rowsOfA[k], slow.pairs.rowsOfB[k], slow.pairs.vectors[k]]);
  return { scheme, filters, keep, slow, expected };
}

const triples = (kept: Uint32Array): number[][] =>
  Array.from({ length: kept.length / 3 }, (_, k) => Array.from(kept.subarray(3 * k, 3 * k + 3)));

describe('the kernel over a shared memory', () => {
  it('gives what the definition gives, row by row, whatever the tiles', () => {
    fc.assert(fc.property(registers, fc.integer({ min: 1, max: 40 }), (ofRegisters, tile) => {
      const { scheme, filters, keep, slow, expected } = prepared(ofRegisters);
      const kernel = new SharedKernel(filters, 1, 0, 1, scheme, keep);
      const found: number[][] = [];
      for (let i = 0; i < ofRegisters.recordsA; i++) {
        for (let from = 0; from < ofRegisters.recordsB; from += tile) {
          found.push(...triples(kernel.verifyRow(i, from, Math.min(from + tile, ofRegisters.recordsB))));
        }
      }
      const counts = new Float64Array(scheme.vectors);
      kernel.takeCounts(counts);
      expect(found).toEqual(expected);
      expect(counts).toEqual(slow.counts);
    }), { numRuns: 60 });
  });

  it('gives what the definition gives, pair by pair, in each workspace', () => {
    fc.assert(fc.property(registers, fc.constantFrom(0, 1), (ofRegisters, workspace) => {
      const { scheme, filters, keep, slow, expected } = prepared(ofRegisters);
      const kernel = new SharedKernel(filters, workspace, 0, 1, scheme, keep);
      let length = 0;
      for (let i = 0; i < ofRegisters.recordsA; i++) {
        for (let j = 0; j < ofRegisters.recordsB; j++) kernel.pairs.set([i, j], 2 * length++);
      }
      const kept = triples(kernel.verifyPairs(length));
      const counts = new Float64Array(scheme.vectors);
      kernel.takeCounts(counts);
      expect(kept).toEqual(expected);
      expect(counts).toEqual(slow.counts);
      kernel.takeCounts(counts);
      expect(counts).toEqual(slow.counts);
    }), { numRuns: 60 });
  });

  it('gathers the bits of listed columns as keys, the first one most significant', () => {
    const columns = fc.array(fc.nat(1023), { maxLength: 32 });
    fc.assert(fc.property(columns, fc.integer({ min: 1, max: 30 }), fc.integer(), (listed, records, seed) => {
      const shapes = [{ bits: 1024, cuts: [1] }];
      const scheme = comparisonScheme([{ name: 'segment-0', ...shapes[0] }]);
      const a = extract(shapes, records, seed);
      const filters = shared([a], scheme);
      const kernel = new SharedKernel(filters, 1, 0, 0, scheme, new Uint8Array(scheme.vectors));
      const keys = new Uint32Array(records);
      kernel.gatherKeys(filters.extracts[0].segments[0], Uint16Array.from(listed), keys);
      const bitOf = (row: number, column: number): number =>
        (a.segments[0].filters[row * 128 + (column >> 3)] >> (7 - (column & 7))) & 1;
      expect(Array.from(keys)).toEqual(Array.from(keys, (_, row) =>
        listed.reduce((key, column) => key * 2 + bitOf(row, column), 0)));
    }), { numRuns: 60 });
  });

  it('keeps the pairs that are near in a segment and not equal there', () => {
    fc.assert(fc.property(registers, fc.integer({ min: 0, max: 512 }), (ofRegisters, most) => {
      const { scheme, filters, keep } = prepared(ofRegisters);
      const { shapes, seed, recordsA, recordsB } = ofRegisters;
      const segment = shapes.length - 1;
      const [rowsA, rowsB] = [extract(shapes, recordsA, seed), extract(shapes, recordsB, seed + 7)]
        .map(({ segments }) => segments[segment].filters);
      const bytes = shapes[segment].bits / 8;
      const kernel = new SharedKernel(filters, 0, 0, 1, scheme, keep);
      const expected: number[][] = [];
      for (let i = 0, at = 0; i < recordsA; i++) {
        for (let j = 0; j < recordsB; j++) {
          kernel.pairs.set([i, j], at);
          at += 2;
          const filterOf = (rows: Uint8Array, row: number): number[] =>
            Array.from(rows.subarray(row * bytes, (row + 1) * bytes));
          const [a, b] = [filterOf(rowsA, i), filterOf(rowsB, j)];
          const bits = a.slice(0, 64).reduce((sum, byte, k) =>
            sum + (byte ^ b[k]).toString(2).replaceAll('0', '').length, 0);
          if (bits <= most && a.some((byte, k) => byte !== b[k])) expected.push([i, j]);
        }
      }
      const near = kernel.keepNear(recordsA * recordsB, segment, most);
      expect(Array.from({ length: near }, (_, p) => Array.from(kernel.pairs.subarray(2 * p, 2 * p + 2))))
        .toEqual(expected);
    }), { numRuns: 60 });
  });

  it('takes a full batch', () => {
    const scheme = comparisonScheme([{ name: 'segment-0', bits: 8, cuts: [1] }]);
    const one = extract([{ bits: 8, cuts: [1] }], 1, 3);
    const equal = { ...one, segments: [{ name: 'segment-0', bits: 8, filters: Uint8Array.of(7) }] };
    const kernel = new SharedKernel(
      shared([equal, equal], scheme), 0, 0, 1, scheme, new Uint8Array(scheme.vectors).fill(1));
    kernel.pairs.fill(0);
    const kept = kernel.verifyPairs(CANDIDATE_BATCH);
    expect(kept).toHaveLength(3 * CANDIDATE_BATCH);
    expect(kept.subarray(-3)).toEqual(Uint32Array.of(0, 0, 1));
  });
});

describe('the shared memory', () => {
  it('refuses more than a WebAssembly memory can hold, before it takes any', () => {
    const scheme = comparisonScheme([{ name: 'name', bits: 1024, cuts: [1] }]);
    const huge: EncodedExtract = {
      registerId: 'huge', cardinality: 'unique', records: 40_000_000,
      segments: [{ name: 'name', bits: 1024, filters: new Uint8Array(0) }],
    };
    expect(() => shared([huge], scheme)).toThrow(/must fit into 4 GiB, these need 5 GiB/);
  });
});
