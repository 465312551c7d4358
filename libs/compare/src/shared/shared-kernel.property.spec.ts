import fc from 'fast-check';
import type { EncodedExtract } from '#libs/record';
import { chance, randomFilter } from '../../../../test/support/encoded-extracts.js';
import { comparisonScheme, type ComparisonScheme } from '../comparison-scheme.js';
import { compareAllByDefinition } from '../reference.js';
import {
  foundNear, isNearByDefinition, nearByDefinition, pairsOf,
} from '../../../../test/support/near-pairs.js';
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

/** From nothing passes to everything does. */
const looks = fc.record({
  mostInHalf: fc.integer({ min: 0, max: 256 }), mostInLine: fc.integer({ min: 0, max: 512 }),
});

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

  it('keeps the listed pairs that are near in a segment and not equal there', () => {
    fc.assert(fc.property(registers, looks, (ofRegisters, look) => {
      const { scheme, filters, keep } = prepared(ofRegisters);
      const { recordsA, recordsB } = ofRegisters;
      const kernel = new SharedKernel(filters, 0, 0, 1, scheme, keep);
      const all = Array.from({ length: recordsA * recordsB }, (_, p) =>
        [Math.floor(p / recordsB), p % recordsB]);
      all.forEach((pair, p) => kernel.pairs.set(pair, 2 * p));
      const near = kernel.keepNear(all.length, { ...look, segment: 0, line: 0 });
      expect(pairsOf(kernel, near)).toEqual(all.filter(([i, j]) =>
        isNearByDefinition(filters, [0, i], [1, j], { ...look, segment: 0, line: 0 })));
    }), { numRuns: 60 });
  });

  it('finds near pairs in the buckets of a table as the definition does', () => {
    const columns = fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(registers, looks, columns, fc.boolean(), (ofRegisters, look, listed, within) => {
      const { scheme, filters, keep } = prepared(ofRegisters);
      const kernel = new SharedKernel(filters, 0, 0, within ? 0 : 1, scheme, keep);
      const table = { ...look, segment: 0, line: 0, columns: Uint16Array.from(listed).sort() };
      expect(foundNear(kernel, table, within)).toEqual(nearByDefinition(filters, 0, within ? 0 : 1, table));
    }), { numRuns: 100 });
  });

  it('gives equal filters one hash, and others their own', () => {
    fc.assert(fc.property(registers, (ofRegisters) => {
      const { filters: { memory, extracts } } = prepared(ofRegisters);
      ofRegisters.shapes.forEach((_, s) => {
        const hashOf = new Map<string, number>();
        for (const { records, segments } of extracts) {
          const { filters, rowBytes, hashes } = segments[s];
          new Uint32Array(memory.buffer, hashes, records).forEach((hash, row) => {
            const filter = Buffer.from(memory.buffer, filters + row * rowBytes, rowBytes).toString('hex');
            expect(hashOf.get(filter) ?? hash).toBe(hash);
            hashOf.set(filter, hash);
          });
        }
        expect(new Set(hashOf.values()).size).toBe(hashOf.size);
      });
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
    expect(() => shared([huge], scheme)).toThrow(/must fit into 4 GiB, these need 8 GiB/);
  });
});
