import fc from 'fast-check';
import type { EncodedExtract } from '#libs/record';
import { chance, randomFilter } from '../../../../test/support/encoded-extracts.js';
import { comparisonScheme } from '../comparison-scheme.js';
import { dice, intersection, weights } from '../dice.js';
import {
  agreementOfHalves, LEAST_REFERENCES, likenessByDefinition, measureLikeness, scaleWeights, writeReferences,
} from './local-scaling.js';
import { MOST_REFERENCES, shareFilters, type SharedFilters } from './shared-filters.js';

const scheme = (bits: number) => comparisonScheme([{ name: 'person', bits, cuts: [0.5, 1] }]);

function extract(registerId: string, bits: number, rows: readonly Uint8Array[]): EncodedExtract {
  return {
    registerId, cardinality: 'unique', records: rows.length,
    segments: [{ name: 'person', bits, filters: Uint8Array.from(Buffer.concat(rows)) }],
  };
}

function shared(extracts: readonly EncodedExtract[], bits: number): SharedFilters {
  const steps = shareFilters(extracts, scheme(bits), 1);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Random rows, one in eight of them empty. */
function randomRows(length: number, bits: number, seed: number): Uint8Array[] {
  const random = chance(seed);
  return Array.from({ length }, () => (
    random() < 0.125 ? new Uint8Array(bits / 8) : randomFilter(bits, 0.1 + 0.5 * random(), random)));
}

const weightsIn = ({ memory, extracts }: SharedFilters, x: number): Uint16Array =>
  new Uint16Array(memory.buffer, extracts[x].segments[0].weights, extracts[x].records).slice();

describe('local scaling', () => {
  it('measures what the definition measures, however the rows are cut', () => {
    fc.assert(fc.property(
      fc.constantFrom(8, 504, 512, 1024, 1032), fc.integer(), fc.integer({ min: 1, max: 90 }),
      (bits, seed, cut) => {
        const extracts = [80, 90].map((records, x) =>
          extract(`r${x}`, bits, randomRows(records, bits, seed + x)));
        const filters = shared(extracts, bits);
        const rows = extracts.map(({ records }) =>
          Uint32Array.from({ length: records / 2 }, (_, k) => 2 * k));
        const references = writeReferences(filters, rows);
        const ones = extracts.map(({ segments, records }) => weights(segments[0].filters, bits, records));
        const listed = rows.flatMap((ofExtract, y) => Array.from(ofExtract, (row) => ({ y, row })))
          .filter(({ y, row }) => ones[y][row] > 0);
        expect(references).toBe(listed.length);
        extracts.forEach(({ records, segments }, x) => {
          measureLikeness(filters, 0, x, 0, Math.min(cut, records), references);
          measureLikeness(filters, 0, x, Math.min(cut, records), records, references);
          const { likeness } = filters.extracts[x];
          const measured = new Float32Array(filters.memory.buffer, likeness, 2 * records);
          for (let i = 0; i < records; i++) {
            const similarities = listed.map(({ y, row }) => (y === x && row === i ? -1 : dice(
              intersection(segments[0].filters, i, extracts[y].segments[0].filters, row, bits),
              ones[x][i], ones[y][row])));
            const expected = ones[x][i] === 0
              ? [0, 0] : likenessByDefinition(similarities).map(Math.fround);
            expect(Array.from(measured.subarray(2 * i, 2 * i + 2))).toEqual(expected);
          }
        });
      }), { numRuns: 15 });
  });

  it('stretches the weight of a hub, shrinks that of a loner, and keeps missing ones missing', () => {
    const bits = 1024;
    const random = chance(7);
    const common = randomFilter(bits, 0.4, random);
    const nearCommon = (): Uint8Array => {
      const filter = Uint8Array.from(common);
      for (let k = 0; k < 12; k++) {
        filter[Math.floor(random() * filter.length)] ^= 1 << Math.floor(random() * 8);
      }
      return filter;
    };
    const loners = Array.from({ length: 300 }, () => randomFilter(bits, 0.4, random));
    const rows = [...Array.from({ length: 100 }, nearCommon), ...loners, new Uint8Array(bits / 8)];
    const filters = shared([extract('a', bits, rows), extract('b', bits, rows.slice(50))], bits);
    const before = weightsIn(filters, 0);
    const references = writeReferences(filters, [
      Uint32Array.from({ length: 200 }, (_, k) => 2 * k), Uint32Array.from({ length: 100 }, (_, k) => k)]);
    [0, 1].forEach((x) => measureLikeness(filters, 0, x, 0, filters.extracts[x].records, references));
    scaleWeights(filters);
    const after = weightsIn(filters, 0);
    for (let row = 0; row < 100; row++) expect(after[row]).toBeGreaterThan(before[row] * 1.2);
    for (let row = 100; row < 400; row++) expect(after[row]).toBeLessThan(before[row]);
    expect(after[400]).toBe(0);
  });

  it('keeps every weight within what the table of thresholds holds', () => {
    const full = Array.from({ length: 90 }, (_, k) => new Uint8Array(128).fill(k < 45 ? 255 : 1 << (k % 8)));
    const filters = shared([extract('a', 1024, full), extract('b', 1024, full)], 1024);
    const all = Uint32Array.from({ length: 90 }, (_, k) => k);
    const references = writeReferences(filters, [all, all]);
    [0, 1].forEach((x) => measureLikeness(filters, 0, x, 0, 90, references));
    scaleWeights(filters);
    expect(Math.max(...weightsIn(filters, 0))).toBeLessThanOrEqual(1024);
    expect(Math.min(...weightsIn(filters, 0))).toBeGreaterThanOrEqual(1);
  });

  it('changes nothing where all are equally alike', () => {
    const same = Array.from({ length: 100 }, () => new Uint8Array(64).fill(0x55));
    const filters = shared([extract('a', 512, same), extract('b', 512, same)], 512);
    const before = weightsIn(filters, 0);
    const some = Uint32Array.from({ length: 64 }, (_, k) => k);
    const references = writeReferences(filters, [some, some]);
    [0, 1].forEach((x) => measureLikeness(filters, 0, x, 0, 100, references));
    scaleWeights(filters);
    expect(weightsIn(filters, 0)).toEqual(before);
  });

  it('has room for all references', () => {
    const rows = Array.from({ length: MOST_REFERENCES }, () => Uint8Array.of(1));
    const filters = shared([extract('a', 8, rows), extract('b', 8, rows)], 8);
    const all = Uint32Array.from({ length: MOST_REFERENCES }, (_, k) => k);
    expect(writeReferences(filters, [all, new Uint32Array(0)])).toBe(MOST_REFERENCES);
    expect(LEAST_REFERENCES).toBeLessThan(MOST_REFERENCES);
  });
});

describe('the agreement of the halves', () => {
  it('is the correlation stepped up to both', () => {
    // Halves (1, 2, 3) and (1, 3, 2) correlate by 1/2, their mean by 2/3.
    const { mean, reliability } = agreementOfHalves(
      [Float32Array.of(1, 1, 0, 0, 2, 3), Float32Array.of(3, 2)]);
    expect(mean).toBeCloseTo(2, 12);
    expect(reliability).toBeCloseTo(2 / 3, 12);
  });

  it('is nothing where they contradict each other', () => {
    expect(agreementOfHalves([Float32Array.of(1, 3, 2, 2, 3, 1)]).reliability).toBe(0);
  });
});
