import { FilterStatistics } from './filter-statistics.js';

describe('FilterStatistics', () => {
  it('counts ones, and filters that are missing apart', () => {
    const statistics = new FilterStatistics(16);
    for (const [first, second] of [[0xff, 0x00], [0x0f, 0xff], [0x00, 0x00]]) {
      statistics.add(Uint8Array.of(9, first, second), 1);
    }
    // Weights 8 and 12 of 16: mean 10, variance 4; binomial variance 16 * 0.625 * 0.375 = 3.75.
    const { weightDispersion, ...counts } = statistics.summary();
    expect(counts).toEqual({ records: 3, missing: 1, fillMean: 0.625, fillMin: 0.5, fillMax: 0.75 });
    expect(weightDispersion).toBeCloseTo(Math.sqrt(4 / 3.75), 12);
  });

  it('has figures for nothing at all', () => {
    expect(new FilterStatistics(8).summary()).toEqual(
      { records: 0, missing: 0, fillMean: 0, fillMin: 0, fillMax: 0, weightDispersion: 0 });
  });
});
