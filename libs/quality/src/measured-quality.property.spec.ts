import fc from 'fast-check';
import { measuredByGroup, measuredQuality } from './measured-quality.js';

const records = fc.array(fc.record({
  register: fc.nat(2), entity: fc.nat(8), label: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { freq: 5 }),
}), { maxLength: 25 });

interface Row { readonly register: number; readonly entity: number; readonly label: string | null }
type Sample = readonly Row[];

function measured(sample: Sample): ReturnType<typeof measuredQuality> {
  return measuredQuality(Uint8Array.from(sample, ({ register }) => register),
    Uint32Array.from(sample, ({ entity }) => entity), sample.map(({ label }) => label));
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** Pair by pair, from the definition. */
function pairsByDefinition(sample: Sample): { precision: number; recall: number } {
  let [linked, matching, both] = [0, 0, 0];
  for (const [i, one] of sample.entries()) {
    for (const other of sample.slice(i + 1)) {
      if (one.register === other.register || one.label === null || other.label === null) continue;
      linked += Number(one.entity === other.entity);
      matching += Number(one.label === other.label);
      both += Number(one.entity === other.entity && one.label === other.label);
    }
  }
  return { precision: ratio(both, linked), recall: ratio(both, matching) };
}

/** Entities as sets of row numbers, in text. */
function setsBy(sample: Sample, key: (row: Row) => string | number): string[] {
  const known = [...sample.entries()].filter(([, { label }]) => label !== null);
  return [...new Set(known.map(([, row]) => key(row)))].map((wanted) =>
    known.filter(([, row]) => key(row) === wanted).map(([i]) => i).join(' '));
}

describe('measured quality', () => {
  it('counts pairs across registers as the definition does', () => {
    fc.assert(fc.property(records, (sample) => {
      const quality = measured(sample);
      const { precision, recall } = pairsByDefinition(sample);
      expect(quality.precision).toBeCloseTo(precision, 12);
      expect(quality.recall).toBeCloseTo(recall, 12);
      const harmonicMean = (2 * precision * recall) / (precision + recall);
      expect(quality.f1).toBeCloseTo(precision + recall === 0 ? 0 : harmonicMean, 12);
    }), { numRuns: 300 });
  });

  it('counts the entities that are equal as sets', () => {
    fc.assert(fc.property(records, (sample) => {
      const linked = setsBy(sample, ({ entity }) => entity);
      const truth = setsBy(sample, ({ label }) => label as string);
      const exact = linked.filter((set) => truth.includes(set)).length;
      const expected = exact === 0 ? 0 : (2 * exact) / (linked.length + truth.length);
      expect(measured(sample).exactEntityF1).toBeCloseTo(expected, 12);
    }), { numRuns: 300 });
  });

  it('is 1 for the truth itself, and leaves out records without a label', () => {
    const sample = [
      { register: 0, entity: 0, label: 'a' }, { register: 1, entity: 0, label: 'a' },
      { register: 0, entity: 1, label: 'b' }, { register: 1, entity: 1, label: null }, { register: 2, entity: 0, label: null },
    ];
    expect(measured(sample)).toEqual({ precision: 1, recall: 1, f1: 1, exactEntityF1: 1 });
  });

  it('counts pairs by the group of the record whose register comes first', () => {
    fc.assert(fc.property(records, fc.infiniteStream(fc.nat(2)), (sample, stream) => {
      const group = Uint16Array.from(sample, () => stream.next().value as number);
      const counts = [0, 1, 2].map(() => ({ linked: 0, matching: 0, both: 0 }));
      for (const [i, one] of sample.entries()) {
        for (const [j, other] of sample.entries()) {
          if (one.register >= other.register || one.label === null || other.label === null) continue;
          const count = counts[group[i] || group[j]];
          count.linked += Number(one.entity === other.entity);
          count.matching += Number(one.label === other.label);
          count.both += Number(one.entity === other.entity && one.label === other.label);
        }
      }
      expect(measuredByGroup(Uint8Array.from(sample, ({ register }) => register),
        Uint32Array.from(sample, ({ entity }) => entity), sample.map(({ label }) => label), group, 2))
        .toEqual(counts.slice(1).map(({ linked, matching, both }) => ({
          precision: linked === 0 ? null : both / linked, recall: matching === 0 ? null : both / matching,
        })));
    }), { numRuns: 300 });
  });
});
