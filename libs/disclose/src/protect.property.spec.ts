import fc from 'fast-check';
import {
  cellKey, designPerturbationTable, parseDisclosurePolicy, perturbation, perturbationTableHash,
  perturbedCount, protect, recordKeyFunction, roundedCount, sharedRow, tableBuilderColumn, tableBuilderRow,
  TEN_FIVE_RULE, type CountTable, type PerturbationParameters,
} from './index.js';

const parameters: PerturbationParameters = {
  maximumNoise: 5, variance: 3, blockedUpTo: 2, stayProbability: null, monotone: true,
};
const table = designPerturbationTable(parameters);
const policy = parseDisclosurePolicy({
  kind: 'vinculum-disclosure-policy', version: 1, name: 'property', minimumCount: 5,
  exceptions: [{ dimension: 'GROUP', codes: ['S'], minimumCount: 10 }],
  perturbation: { parameters, tableHash: perturbationTableHash(table) },
});
const recordKey = recordKeyFunction(new TextEncoder().encode('a secret for the property tests alone'));
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const count = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1e7 }));

describe('cell keys', () => {
  it('one set of people gives one key and one value, in any order and by any parts', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(1e6), { maxLength: 60 }), fc.nat(60), (people, cut) => {
      const keys = people.map(recordKey);
      const backwards = cellKey([...keys].reverse());
      const parts = [cellKey(keys.slice(0, cut)), cellKey(keys.slice(cut))];
      expect(backwards).toBe(cellKey(keys));
      expect(cellKey(parts)).toBe(cellKey(keys));
      expect(perturbedCount(table, people.length, backwards))
        .toBe(perturbedCount(table, keys.length, cellKey(keys)));
    }));
  });

  it('record keys are spread evenly over 16 classes (chi-squared below its 0.9999 quantile)', () => {
    const classes = new Array<number>(16).fill(0);
    for (let entity = 0; entity < 16000; entity += 1) classes[recordKey(entity) >>> 28] += 1;
    const chiSquared = classes.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(44.3);
  });
});

describe('perturbation tables', () => {
  const designs: PerturbationParameters[] = [
    parameters,
    { ...parameters, stayProbability: 0.5 },
    { ...parameters, maximumNoise: 2, variance: 0.9, blockedUpTo: 0 },
    { ...parameters, maximumNoise: 8, variance: 3.5, blockedUpTo: 2 },
    { ...parameters, maximumNoise: 4, variance: 2.5, blockedUpTo: 2 },
  ];

  it.each(designs)('are unbiased, keep variance and support: $maximumNoise $variance $blockedUpTo', (chosen) => {
    for (const [block, rows] of designPerturbationTable(chosen).blocks.entries()) {
      let lower = 0;
      const share = rows.map(({ upperBound, noise }) => {
        const probability = (upperBound - lower) / 2 ** 32;
        lower = upperBound;
        expect(probability).toBeGreaterThanOrEqual(0);
        return { noise, probability };
      });
      const moment = (power: number): number =>
        share.reduce((sum, { noise, probability }) => sum + probability * noise ** power, 0);
      expect(lower).toBe(2 ** 32);
      expect(moment(1)).toBeCloseTo(0, 5);
      expect(moment(2)).toBeCloseTo(chosen.variance, 4);
      for (const { noise } of share) {
        const produced = block + 1 + noise;
        expect(Math.abs(noise)).toBeLessThanOrEqual(chosen.maximumNoise);
        expect(produced === 0 || produced > chosen.blockedUpTo).toBe(true);
      }
    }
  });

  it('have the probabilities published for small tables (ptable vignette)', () => {
    const small = designPerturbationTable({ ...parameters, maximumNoise: 2, variance: 0.9, blockedUpTo: 0 });
    expect(small.blocks.map((rows) => rows.map(({ probability }) => probability))).toEqual([
      [0.3625, 0.3625, 0.1875, 0.0875],
      [0.05154609, 0.24381564, 0.40927654, 0.24381564, 0.05154609],
    ]);
    const first = table.blocks[0].map(({ probability }) => probability);
    [0.73446954, 0.13672019, 0.07279631, 0.03742956, 0.0185844].forEach((published, j) => {
      expect(first[j]).toBeCloseTo(published, 7);
    });
  });

  it('refuse what cannot be reached, and say why', () => {
    expect(() => designPerturbationTable({ ...parameters, maximumNoise: 2, variance: 1, blockedUpTo: 0 }))
      .toThrow(/count 1.*0\.93188/);
    expect(() => designPerturbationTable({ ...parameters, maximumNoise: 1, variance: 0.5, blockedUpTo: 1 }))
      .toThrow(/contradict/);
    expect(() => designPerturbationTable({ ...parameters, maximumNoise: 0, variance: -1 }))
      .toThrow(/maximumNoise.*variance/);
    expect(() => designPerturbationTable({ ...parameters, monotone: [true] })).toThrow(/8 blocks/);
  });

  it('are looked up as the rows say', () => {
    fc.assert(fc.property(count, uint32, (n, key) => {
      const noise = perturbation(table, n, key);
      if (n === 0) {
        expect(noise).toBe(0);
        return;
      }
      const block = table.blocks[Math.min(n, 8) - 1];
      const slow = block.filter(({ upperBound }) => upperBound <= key).length;
      expect(noise).toBe(block[slow].noise);
    }));
  });
});

describe('protect', () => {
  const dimensions = [{ id: 'GROUP', codes: ['S', 'N'] }, { id: 'CELL', codes: ['0', '1', '2', '3', '4'] }];
  const counts: fc.Arbitrary<CountTable> = fc.array(fc.tuple(count, uint32), { minLength: 10, maxLength: 10 })
    .map((values) => ({
      dimensions,
      cells: values.map(([n, key], i) => ({
        codes: [i < 5 ? 'S' : 'N', String(i % 5)], count: n, cellKey: key,
      })),
    }));

  it('releases nothing between 1 and the minimum count, and nobody of a smaller cell', () => {
    fc.assert(fc.property(counts, (given) => {
      protect(given, policy, table).cells.forEach(({ codes, value, obsStatus, confStatus }, i) => {
        const minimum = codes[0] === 'S' ? 10 : 5;
        const contributors = given.cells[i].count;
        expect(codes).toEqual(given.cells[i].codes);
        if (value === null) {
          expect([obsStatus, confStatus]).toEqual(['Q', 'A']);
          expect(contributors).toBeGreaterThan(0);
          return;
        }
        expect([obsStatus, confStatus]).toEqual(['A', 'F']);
        expect(value === 0 || value >= minimum).toBe(true);
        expect(contributors === 0 || contributors >= minimum).toBe(true);
        expect(Math.abs(value - contributors)).toBeLessThanOrEqual(5);
      });
    }), { numRuns: 200 });
  });

  it('says of each suppression why, and of nothing else', () => {
    fc.assert(fc.property(counts, (given) => {
      const { cells, decisions } = protect(given, policy, table);
      const suppressed = decisions.flatMap((decision) => (decision.action === 'suppress' ? [decision.codes] : []));
      expect(suppressed).toEqual(cells.filter(({ value }) => value === null).map(({ codes }) => codes));
    }));
  });

  it('gives a cell the same answer alone and among others', () => {
    fc.assert(fc.property(counts, fc.nat(9), (given, i) => {
      const alone = protect({ dimensions, cells: [given.cells[i]] }, policy, table);
      expect(alone.cells[0]).toEqual(protect(given, policy, table).cells[i]);
    }));
  });

  it('is unbiased where nothing is suppressed, and its noise has the stated variance', () => {
    const noises = Array.from({ length: 20000 }, (_, i) => perturbation(table, 1000, recordKey(i)));
    const mean = noises.reduce((sum, v) => sum + v, 0) / noises.length;
    const variance = noises.reduce((sum, v) => sum + (v - mean) ** 2, 0) / noises.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(variance - 3)).toBeLessThan(0.12);
  });
});

it('the 10-5 rule and the TableBuilder look-up answer for every count and key', () => {
  fc.assert(fc.property(count, uint32, (n, key) => {
    const rounded = roundedCount(n, TEN_FIVE_RULE);
    if (n < 10) expect(rounded).toBeNull();
    else expect([(rounded ?? NaN) % 5, Math.abs((rounded ?? NaN) - n) <= 2]).toEqual([0, true]);
    expect(sharedRow(n, TEN_FIVE_RULE)).toBeLessThanOrEqual(750);
    const bytes = [24, 16, 8, 0].map((shift) => (key >>> shift) & 255);
    const folded = bytes.reduce((a, b) => a ^ b).toString(2).padStart(8, '0');
    expect(tableBuilderRow(key)).toBe(parseInt([...folded].reverse().join(''), 2));
    if (n > 0) expect(tableBuilderColumn(n, 70, 32)).toBeLessThanOrEqual(70);
  }));
  expect([12, 13, 748, 752, 1003].map((n) => roundedCount(n, TEN_FIVE_RULE)))
    .toEqual([10, 15, 750, 750, 1005]);
  expect(() => roundedCount(-1, TEN_FIVE_RULE)).toThrow(/whole number/);
  expect(() => tableBuilderColumn(0, 70, 32)).toThrow(/empty cell/);
});
