import fc from 'fast-check';
import { ValueFrequencies, type FrequencyStatistics } from './value-frequencies.js';

function frequenciesOf(values: readonly string[], capacity?: number): FrequencyStatistics {
  const frequencies = new ValueFrequencies(capacity);
  for (const value of values) {
    const bytes = Buffer.from(`..${value}`);
    frequencies.add(bytes, 2, bytes.length);
  }
  return frequencies.statistics();
}

const times = (value: string, count: number): string[] => Array<string>(count).fill(value);

describe('ValueFrequencies', () => {
  it('counts what repeats and what only its frequency names', () => {
    // a and b are 6 rows each: a tie hides both. c is alone in having 5 rows; d is too rare to stand out.
    const statistics = frequenciesOf(
      [...times('a', 6), ...times('b', 6), ...times('c', 5), ...times('d', 2), 'e']);
    expect(statistics).toEqual({
      distinct: 5, duplicateShare: 19 / 20, greatestMultiplicity: 6, greatestShare: 6 / 20,
      alignableShare: 5 / 20, sampled: 1,
    });
  });

  it('has figures for nothing, and for values that are all different', () => {
    expect(frequenciesOf([])).toMatchObject({ distinct: 0, duplicateShare: 0, alignableShare: 0 });
    expect(frequenciesOf(['a', 'b'])).toMatchObject({ duplicateShare: 0, greatestMultiplicity: 1, greatestShare: 0 });
  });

  it('counts as a table of the values does', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 200 }), (values) => {
      const counts = new Map<string, number>();
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
      const repeated = [...counts.values()].filter((count) => count > 1)
        .reduce((sum, count) => sum + count, 0);
      const { distinct, duplicateShare } = frequenciesOf(values);
      expect(distinct).toBe(counts.size);
      expect(duplicateShare).toBeCloseTo(values.length === 0 ? 0 : repeated / values.length, 12);
    }));
  });

  it('keeps a sample of the values, with exact counts, when there are too many', () => {
    const values = Array.from({ length: 20000 }, (_, i) => times(`${i}`, i % 4 ? 1 : 2)).flat();
    const statistics = frequenciesOf(values, 4096);
    const { sampled, distinct, duplicateShare, greatestMultiplicity } = statistics;
    expect(sampled).toBeLessThan(1);
    expect(distinct / 20000).toBeCloseTo(1, 1);
    expect(duplicateShare).toBeCloseTo(0.4, 1);
    expect(greatestMultiplicity).toBe(2);
  });
});
