import { chance, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import type { BlockedSegment } from './blocked-segment.js';
import {
  allPairs, exhaustiveIsCheaper, keyedBlocksOf, planTables, refinements, segmentCandidateProbability,
  type BlockingSpec, type PlanEvidence, type SegmentEvidence, type TablePlan,
} from './blocking-plan.js';
import type { BlockingTable } from './blocking-table.js';
import { differencesByLine, differingShares, mostVariableColumns } from './columns.js';
import { keyAgreement, keyColumns } from './key-columns.js';
import type { KeyedEvidence } from './keyed-blocks.js';
import { indexTable } from './table-index.js';

const SPEC: BlockingSpec = {
  exhaustivePairs: 0, tablesPerSegment: 100, comparisonsPerRecord: 5000, pairCompleteness: 0.99,
  maxPairsInBucket: 1e6, maxCandidatesOfRecord: 1000,
};
const REGISTERS = { recordsOfA: 20000, recordsOfB: 20000, within: false };
const POOL = Uint16Array.from({ length: 256 }, (_, column) => column);
const ofShare = (length: number, share: number): Float64Array => new Float64Array(length).fill(share);

/** Filters of half a line. */
function matchesOf(shares: readonly number[]): SegmentEvidence['ofMatches'] {
  const differing = Uint16Array.from(shares, (share) =>
    (Number.isNaN(share) ? 65535 : Math.round(256 * share)));
  return { inKeys: [Float64Array.from(shares)], lines: [{ inHalf: differing, inLine: differing }] };
}

/** Matches that differ in these shares of each segment, among strangers that differ in half. */
function evidence(...segments: readonly (readonly number[])[]): PlanEvidence {
  return {
    segments: segments.map((shares) => ({
      bits: 256, keyColumns: [POOL], ofMatches: matchesOf(shares),
      ofRandomPairs: { inKeys: [ofShare(1000, 0.5)], inAll: ofShare(1000, 0.5) },
    })),
    keyed: [], matchWeights: ofShare(segments[0].length, 1), scale: 200,
  };
}

/** As if what is found in one segment said nothing of another. */
function probability(plan: TablePlan, differing: readonly number[]): number {
  const missed = differing.map((share, s) => 1 - segmentCandidateProbability(plan, s)(share));
  return 1 - missed.reduce((product, one) => product * one, 1);
}

const like = (share: number): number[] => Array<number>(50).fill(share);

const sampled = (plan: { readonly tables: readonly BlockingTable[] }, segment: number): BlockingTable[] =>
  plan.tables.filter((table) => table.kind === 'sampled' && table.segment === segment);

function segmentOf(rows: readonly Uint8Array[]): BlockedSegment {
  const rowBytes = rows[0].length;
  return {
    records: rows.length, rowBytes, filters: Uint8Array.from(Buffer.concat(rows)),
    weights: Uint16Array.from(rows, (row) => row.reduce((sum, byte) => sum + byte, 0)),
  };
}

describe('the plan of tables', () => {
  it('has one table of equal filters a segment, and no more where those find every match', () => {
    const plan = planTables(REGISTERS, evidence([0, 0.5, 0], [0.5, 0, 0]), SPEC, 1);
    expect(plan.tables).toEqual([{ kind: 'equal', segment: 0 }, { kind: 'equal', segment: 1 }]);
    expect(plan.predicted).toMatchObject({ looks: 0, comparisons: 0, pairCompleteness: 1 });
    expect(plan.pairs).toBe(4e8);
  });

  it('adds sampled tables until the wanted completeness is expected', () => {
    for (const wanted of [0.6, 0.9, 0.99]) {
      const spec = { ...SPEC, pairCompleteness: wanted };
      const plan = planTables(REGISTERS, evidence(like(0.1)), spec, 1);
      const tables = sampled(plan, 0);
      expect(plan.predicted.pairCompleteness).toBeGreaterThanOrEqual(wanted);
      expect(plan.predicted.pairCompleteness).toBeCloseTo(probability(plan, [0.1]), 12);
      // Tables come eight at a time.
      const fewer: TablePlan = { ...plan, tables: plan.tables.slice(0, -8) };
      expect(probability(fewer, [0.1])).toBeLessThan(wanted);
      for (const table of tables) {
        if (table.kind !== 'sampled') continue;
        const columns = [...table.columns, ...table.finer];
        expect(new Set(columns).size).toBe(columns.length);
      }
    }
  });

  it('takes the segment in which matches are nearer, and none in which they look like strangers', () => {
    const plan = planTables(REGISTERS, evidence(like(0.5), like(0.1)), SPEC, 1);
    expect(sampled(plan, 0)).toEqual([]);
    expect(sampled(plan, 1).length).toBeGreaterThan(2);
    const diffused = planTables(REGISTERS, evidence(like(0.49)), SPEC, 1);
    expect(sampled(diffused, 0)).toEqual([]);
    expect(diffused.predicted.pairCompleteness).toBe(0);
  });

  describe('with block keys', () => {
    const keyed = (name: string, pairs: number, found: readonly number[]): KeyedEvidence =>
      ({ table: { kind: 'keyed', segment: 1, name }, pairs, found: Uint8Array.from(found) });
    const half = like(0.3).map((_, m) => m % 2);
    const names = (plan: TablePlan): string[] => keyedBlocksOf(plan);

    it('takes those that find most for their cost first, and fewer sampled tables for what is left', () => {
      const spec = { ...SPEC, tablesPerSegment: 5000 };
      // Keys find the matches that differ most.
      const seen = evidence(half.map((far) => (far ? 0.35 : 0.1)));
      const without = planTables(REGISTERS, seen, spec, 1);
      const plan = planTables(
        REGISTERS, { ...seen, keyed: [keyed('dear', 4e6, half), keyed('cheap', 4e4, half)] }, spec, 1);
      // What the cheap one has found, the dear one need not find again.
      expect(names(plan)).toEqual(['cheap']);
      expect(plan.predicted.pairCompleteness).toBeGreaterThanOrEqual(SPEC.pairCompleteness);
      expect(plan.predicted.cost).toBeLessThan(without.predicted.cost);
      expect(plan.predicted.comparisons).toBeGreaterThanOrEqual(4e4);
      expect(sampled(plan, 0).length).toBeLessThan(sampled(without, 0).length);
    });

    it('finds with them what filters cannot', () => {
      const plan = planTables(REGISTERS, { ...evidence(like(0.5)), keyed: [keyed('rule', 1e5, half)] }, SPEC, 1);
      expect(plan.tables).toContainEqual({ kind: 'keyed', segment: 1, name: 'rule' });
      expect(plan.predicted).toEqual({
        looks: 0, comparisons: 1e5, cost: Math.round(1e5 + 1.25 * 40000 * 2), pairCompleteness: 0.5,
      });
    });

    it.each<[string, KeyedEvidence, Partial<BlockingSpec>]>([
      ['no likelier than strangers', keyed('rule', 1.4e8, half), {}],
      ['dearer than the budget', keyed('rule', 1e7, half), { comparisonsPerRecord: 100 }],
      ['without a match', keyed('rule', 10, like(0)), {}],
    ])('leaves out a rule whose matches are %s', (_why, one, spec) => {
      const plan = planTables(REGISTERS, { ...evidence(like(0.5)), keyed: [one] }, { ...SPEC, ...spec }, 1);
      expect(names(plan)).toEqual([]);
    });

    it('leaves out all where equal filters find enough', () => {
      const plan = planTables(REGISTERS, { ...evidence(like(0)), keyed: [keyed('rule', 1, like(1))] }, SPEC, 1);
      expect(names(plan)).toEqual([]);
    });

    it('splits a bucket that is too large by the equality of filters', () => {
      expect(refinements({ kind: 'keyed', segment: 2, name: 'rule' }, 2))
        .toEqual([{ kind: 'equal', segment: 0 }, { kind: 'equal', segment: 1 }]);
    });
  });

  it('asks for more columns where there are more records to tell apart', () => {
    const width = (records: number): number => {
      const plan = planTables({ recordsOfA: records, recordsOfB: records, within: false },
        evidence(like(0.1)), SPEC, 1);
      const [first] = sampled(plan, 0);
      return first.kind === 'sampled' ? first.columns.length : 0;
    };
    expect(width(1e4)).toBeLessThan(width(1e6));
    expect(width(1e6)).toBeGreaterThan(12);
  });

  it('keeps to the budget of comparisons a record, and finds less for less', () => {
    const records = REGISTERS.recordsOfA + REGISTERS.recordsOfB;
    const plans = [10, 30, 5000].map((comparisonsPerRecord) => planTables(
      REGISTERS, evidence(like(0.3)), { ...SPEC, tablesPerSegment: 5000, comparisonsPerRecord }, 1));
    const [little, more, enough] = plans.map(({ predicted }) => predicted);
    expect(little.cost).toBeLessThanOrEqual(10 * records);
    expect(more.cost).toBeLessThanOrEqual(30 * records);
    expect(little.pairCompleteness).toBeLessThan(more.pairCompleteness);
    expect(more.pairCompleteness).toBeLessThan(0.99);
    expect(enough.pairCompleteness).toBeGreaterThanOrEqual(0.99);
    // The last table that is paid for would have been one too many.
    expect(little.cost).toBeGreaterThan(5 * records);
  });

  it('lets the keys of a long segment lie in one line, and looks at another', () => {
    const [{ ofMatches, ofRandomPairs }] = evidence(like(0.1)).segments;
    const fourTimes = <T>([one]: readonly T[]): T[] => [one, one, one, one];
    const long = { ...evidence(like(0.1)), segments: [{
      bits: 2048, keyColumns: keyColumns(Uint16Array.from({ length: 512 }, (_, k) => 4 * k), 2048),
      ofMatches: { inKeys: fourTimes(ofMatches.inKeys), lines: fourTimes(ofMatches.lines) },
      ofRandomPairs: { ...ofRandomPairs, inKeys: fourTimes(ofRandomPairs.inKeys) },
    }] };
    const lines = sampled(planTables(REGISTERS, long, SPEC, 1), 0).map((table) => {
      if (table.kind !== 'sampled') throw new Error('expected sampled tables alone');
      const own = new Set(Array.from(table.columns, (column) => Math.floor(column / 512)));
      expect(own).toEqual(new Set([(table.line + 1) % 4]));
      return table.line;
    });
    expect(lines.slice(0, 5)).toEqual([0, 1, 2, 3, 0]);
  });

  it('looks wider where matches are far apart in a line, and believes in none that no look finds', () => {
    const [segment] = evidence(like(0.1)).segments;
    const withLine = (inHalf: number): PlanEvidence => {
      const differing = new Uint16Array(50).fill(inHalf);
      const lines = [{ inHalf: differing, inLine: differing }];
      const ofMatches = { inKeys: segment.ofMatches.inKeys, lines };
      return { ...evidence(like(0.1)), segments: [{ ...segment, ofMatches }] };
    };
    const most = (plan: TablePlan): number => Math.max(...sampled(plan, 0).map((table) =>
      (table.kind === 'sampled' ? table.mostInHalf : 0)));
    const [near, far, lost] = [20, 104, 200].map((inHalf) =>
      planTables(REGISTERS, withLine(inHalf), SPEC, 1));
    expect(most(far)).toBeGreaterThanOrEqual(104);
    expect(most(near)).toBeLessThan(104);
    expect(far.predicted.pairCompleteness).toBeGreaterThanOrEqual(0.99);
    expect(lost.predicted.pairCompleteness).toBe(0);
  });

  it('keeps to the most tables that are allowed', () => {
    const plan = planTables(REGISTERS, evidence(like(0.3)), { ...SPEC, tablesPerSegment: 7 }, 1);
    expect(sampled(plan, 0)).toHaveLength(7);
    expect(plan.predicted.pairCompleteness).toBeLessThan(0.99);
  });

  it('is the same for the same seed and another for another; a missing segment finds nothing', () => {
    const plan = (seed: number): unknown =>
      planTables(REGISTERS, evidence([0.1, 0.2], [0.1, 0.1]), SPEC, seed);
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
    const half = { ...SPEC, pairCompleteness: 0.5 };
    const missing = planTables(REGISTERS, evidence([Number.NaN, 0.1]), half, 1);
    expect(missing.predicted.pairCompleteness).toBeLessThanOrEqual(0.5);
  });

  it('is possible where random pairs miss the segment, and finds more for its tables then', () => {
    const [segment] = evidence(like(0.1)).segments;
    const withMissing = ofShare(1000, 0.5).map((share, p) => (p % 2 === 0 ? share : Number.NaN));
    const ofRandomPairs = { inKeys: [withMissing], inAll: withMissing };
    const half = { ...evidence(like(0.1)), segments: [{ ...segment, ofRandomPairs }] };
    const spec = { ...SPEC, tablesPerSegment: 8 };
    const [all, some] = [evidence(like(0.1)), half].map((one) => planTables(REGISTERS, one, spec, 1));
    expect(sampled(some, 0)).toHaveLength(8);
    expect(some.predicted.looks).toBeGreaterThan(0);
    expect(some.predicted.cost).toBeGreaterThan(0);
    expect(some.predicted.pairCompleteness).toBeGreaterThan(all.predicted.pairCompleteness);
  });

  it('without any likely match is the tables of equal filters', () => {
    expect(planTables(REGISTERS, evidence([]), SPEC, 1)).toMatchObject(
      { tables: [{ kind: 'equal' }], predicted: { pairCompleteness: 1 } });
  });

  it('gives way to comparing every pair where that costs less', () => {
    const small = { recordsOfA: 20, recordsOfB: 20, within: false };
    const matches = evidence(like(0.1));
    expect(exhaustiveIsCheaper(planTables(small, matches, SPEC, 1))).toBe(true);
    const large = { recordsOfA: 1e6, recordsOfB: 1e6, within: false };
    expect(exhaustiveIsCheaper(planTables(large, matches, SPEC, 1))).toBe(false);
  });

  it('counts the pairs of two registers and of one', () => {
    expect(allPairs({ recordsOfA: 3, recordsOfB: 4, within: false })).toBe(12);
    expect(allPairs({ recordsOfA: 4, recordsOfB: 4, within: true })).toBe(6);
  });
});

describe('what splits a bucket that is too large', () => {
  it('is finer columns of the same segment and the other segments', () => {
    const [columns, finer] = [Uint16Array.of(1, 2), Uint16Array.of(3)];
    expect(refinements({ kind: 'equal', segment: 1 }, 3)).toEqual(
      [{ kind: 'equal', segment: 0 }, { kind: 'equal', segment: 2 }]);
    const table = {
      kind: 'sampled', segment: 0, columns, finer, drawnFrom: 9, line: 1, mostInHalf: 5, mostInLine: 9,
    } as const;
    expect(refinements(table, 2)).toEqual(
      [{ ...table, columns: finer, finer: new Uint16Array(0) }, { kind: 'equal', segment: 1 }]);
    expect(refinements({ kind: 'equal', segment: 0 }, 1)).toEqual([]);
  });
});

describe('the columns of a segment', () => {
  it('are those that vary most, first', () => {
    const random = chance(3);
    const half = segmentOf(Array.from({ length: 400 }, () => {
      const row = randomFilter(1024, 0.5, random).fill(0, 0, 64);
      row[0] = random() < 0.1 ? 128 : 0;
      return row;
    }));
    const columns = mostVariableColumns(half, 1024);
    expect(columns).toHaveLength(512);
    expect(Math.min(...columns)).toBeGreaterThanOrEqual(512);
    const few = mostVariableColumns({ ...half, rowBytes: 128 }, 520);
    expect(few).toHaveLength(512);
    expect(few[0]).toBeGreaterThanOrEqual(512);
    expect(few.indexOf(0)).toBe(8);
  });

  it('tell how far two rows are apart', () => {
    const a = segmentOf([Uint8Array.of(0b11110000, 1), Uint8Array.of(0, 0), Uint8Array.of(0b11110000, 1)]);
    const b = segmentOf([Uint8Array.of(0b11111100, 1), Uint8Array.of(0b11110000, 3)]);
    const pairs = Uint32Array.of(0, 0, 1, 0, 2, 1);
    const columns = Uint16Array.of(0, 1, 4, 5);
    const [near, missing, elsewhere] = differingShares(a, b, columns, pairs);
    expect(near).toBe(0.5);
    expect(missing).toBeNaN();
    // Equal in these columns and not in others: not taken for equal filters.
    expect(elsewhere).toBeGreaterThan(0);
    expect(elsewhere).toBeLessThan(0.001);
    expect(differingShares(a, a, columns, Uint32Array.of(0, 2))[0]).toBe(0);
  });
});

describe('candidate probability', () => {
  const random = chance(11);
  const differingOf = (a: BlockedSegment, b: BlockedSegment, row: number): number =>
    a.filters.subarray(32 * row, 32 * row + 32).reduce((sum, byte, k) =>
      sum + (byte ^ b.filters[32 * row + k]).toString(2).replaceAll('0', '').length, 0);
  const originals = Array.from({ length: 4000 }, () => randomFilter(256, 0.5, random));

  it.each([0.02, 0.05, 0.1, 0.2])('is the share of pairs that collide and are near when %d of the columns differ', (share) => {
    const [a, b] = [originals, originals.map((row) => turned(row, share, random))].map(segmentOf);
    const plan = planTables(REGISTERS, evidence([0.3, 0.1]), { ...SPEC, tablesPerSegment: 6 }, 5);
    const found = new Uint8Array(originals.length);
    for (const table of plan.tables) {
      const keys = [a, b].map((side) => {
        const { rows, keys: sorted } = indexTable(table, side);
        const byRow = new Uint32Array(originals.length);
        rows.forEach((row, k) => { byRow[row] = sorted[k]; });
        return byRow;
      });
      const most = table.kind === 'sampled' ? table.mostInHalf : 0;
      keys[0].forEach((key, row) => {
        // 256 columns are half a line: nothing lies behind them.
        if (key === keys[1][row] && differingOf(a, b, row) <= most) found[row] = 1;
      });
    }
    const own = found.reduce((sum, one) => sum + one, 0) / originals.length;
    const expected = probability(plan, [share]);
    const error = Math.sqrt((expected * (1 - expected)) / originals.length);
    // Tables share some columns, so that finds are not quite independent: two hundredths for that.
    expect(Math.abs(own - expected)).toBeLessThan(4 * error + 0.02);
  });

  it('of a key is that of drawing columns without replacement', () => {
    // Of 6 columns 2 differ: 4 of 6, then 3 of 5, then 2 of 4 agree.
    expect(keyAgreement(2 / 6, 6, 3)).toBeCloseTo((4 / 6) * (3 / 5) * (2 / 4), 12);
    expect(keyAgreement(0, 256, 24)).toBe(1);
    expect(keyAgreement(0.5, 40, 24)).toBe(0);
  });

  it('is certain for an equal segment, and nothing when it is missing', () => {
    const plan = planTables(REGISTERS, evidence([0.1, 0.2], [0.2, 0.1]), SPEC, 1);
    expect(probability(plan, [0, 0.4])).toBe(1);
    expect(probability(plan, [Number.NaN, Number.NaN])).toBe(0);
  });

  it('tell what a look sees, line by line', () => {
    const random = chance(5);
    const row = randomFilter(1024 + 64, 0.5, random);
    const other = Uint8Array.from(row);
    other[0] ^= 0b111;
    other[40] ^= 1;
    other[64 + 32] ^= 0b11;
    other[130] ^= 255;
    const [a, b] = [segmentOf([row, row]), segmentOf([other, new Uint8Array(row.length)])];
    const lines = differencesByLine(a, b, 1024 + 64, Uint32Array.of(0, 0, 1, 1));
    expect(lines).toEqual([
      { inHalf: Uint16Array.of(3, 65535), inLine: Uint16Array.of(4, 65535) },
      { inHalf: Uint16Array.of(0, 65535), inLine: Uint16Array.of(2, 65535) },
    ]);
    // A filter shorter than half a line.
    const [seven, one] = [segmentOf([Uint8Array.of(7)]), segmentOf([Uint8Array.of(1)])];
    const short = differencesByLine(seven, one, 8, Uint32Array.of(0, 0));
    expect(short).toEqual([{ inHalf: Uint16Array.of(2), inLine: Uint16Array.of(2) }]);
  });
});
