import type { EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { candidateProbability, planBlocking, type BlockingPlan, type BlockingSpec } from './blocking-plan.js';
import { candidates, type CandidateCounts } from './candidates.js';

type LshPlan = BlockingPlan & { kind: 'hamming-lsh' };

const SPEC: BlockingSpec = {
  exhaustivePairs: 0, tablesPerSegment: 4, candidatesPerRecord: 4, maxPairsInBucket: 1e6,
};

function lshPlan(a: EncodedExtract, b: EncodedExtract, spec = SPEC, seed = 1): LshPlan {
  const plan = planBlocking(a, b, spec, seed);
  if (plan.kind !== 'hamming-lsh') throw new Error('expected an LSH plan');
  return plan;
}

function draw(a: EncodedExtract, b: EncodedExtract, plan: LshPlan, spec = SPEC): {
  pairs: string[]; counts: CandidateCounts;
} {
  const counts: CandidateCounts = { candidates: 0, cutPairs: 0 };
  const pairs: string[] = [];
  for (const batch of candidates(a, b, plan, spec, counts)) {
    for (let k = 0; k < batch.length; k += 2) pairs.push(`${batch[k]}-${batch[k + 1]}`);
  }
  return { pairs, counts };
}

function rows(records: number, bits: number, seed: number, fill = 0.3): Uint8Array[] {
  const random = chance(seed);
  return Array.from({ length: records }, () => randomFilter(bits, fill, random));
}

/** Key of a row in a table, by the definition: the filter, or its bits in the columns; null when missing. */
function keyOf(extract: EncodedExtract, table: LshPlan['tables'][number], row: number): string | null {
  const { filters, bits } = extract.segments[table.segment];
  const filter = filters.subarray((row * bits) / 8, ((row + 1) * bits) / 8);
  if (filter.every((byte) => byte === 0)) return null;
  const text = Array.from(filter, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return table.kind === 'equal' ? text : Array.from(table.columns, (column) => text[column]).join('');
}

function candidatesByDefinition(a: EncodedExtract, b: EncodedExtract, plan: LshPlan): string[] {
  const found: string[] = [];
  for (let i = 0; i < a.records; i++) {
    for (let j = a === b ? i + 1 : 0; j < b.records; j++) {
      if (plan.tables.some((table) => keyOf(a, table, i) !== null
        && keyOf(a, table, i) === keyOf(b, table, j))) found.push(`${i}-${j}`);
    }
  }
  return found;
}

/** Two segments; some values missing, some shared between the extracts and within them. */
function sample(seed: number): { a: EncodedExtract; b: EncodedExtract } {
  const names = rows(40, 64, seed);
  const births = rows(40, 32, seed + 1);
  const missing = new Uint8Array(4);
  const random = chance(seed + 2);
  return {
    a: extractOf('a', 'many', {
      name: names.map((name, i) => (i % 9 === 3 ? names[0] : name)),
      birth: births.map((birth, i) => (i % 5 === 0 ? missing : birth)),
    }),
    b: extractOf('b', 'unique', {
      name: names.slice(0, 30).map((name) => turned(name, 0.05, random)),
      birth: births.slice(0, 30).map((birth, i) => (i % 4 === 0 ? missing : birth)),
    }),
  };
}

describe('blocking plan', () => {
  const a = extractOf('a', 'unique', { name: rows(20, 64, 1) });
  const b = extractOf('b', 'unique', { name: rows(10, 64, 2) });

  it('is every pair up to the limit, and tables beyond it', () => {
    expect(planBlocking(a, b, { ...SPEC, exhaustivePairs: 200 }, 1)).toEqual({ kind: 'exhaustive', pairs: 200 });
    expect(planBlocking(a, b, { ...SPEC, exhaustivePairs: 199 }, 1)).toMatchObject({ kind: 'hamming-lsh', pairs: 200 });
    expect(planBlocking(a, a, { ...SPEC, exhaustivePairs: 190 }, 1)).toEqual({ kind: 'exhaustive', pairs: 190 });
    expect(planBlocking(a, a, { ...SPEC, exhaustivePairs: 189 }, 1)).toMatchObject({ kind: 'hamming-lsh', pairs: 190 });
  });

  it('has one table of equal filters a segment and the sampled ones, of distinct columns that vary', () => {
    const both = extractOf('c', 'unique', {
      constant: rows(300, 64, 3).map((row) => Uint8Array.from([0, 0, 0, 0, ...row.subarray(4)])),
      other: rows(300, 800, 4),
    });
    const { tables } = lshPlan(both, both);
    expect(tables.map(({ kind, segment }) => `${kind} ${segment}`)).toEqual(
      ['equal 0', 'equal 1', ...Array<string>(4).fill('sampled 0'), ...Array<string>(4).fill('sampled 1')]);
    for (const table of tables) {
      if (table.kind === 'equal') continue;
      // log2(300 records / 4 candidates) rounded up.
      expect(table.columns).toHaveLength(7);
      expect(new Set(table.columns).size).toBe(7);
      expect(Math.max(...table.columns)).toBeLessThan(both.segments[table.segment].bits);
    }
  });

  it('samples no column that never changes while others do', () => {
    const half = extractOf('d', 'unique', { half: rows(64, 1024, 5, 0.5).map((row) => row.fill(0, 0, 64)) });
    for (const table of lshPlan(half, half, { ...SPEC, tablesPerSegment: 50 }).tables) {
      if (table.kind === 'sampled') expect(Math.min(...table.columns)).toBeGreaterThanOrEqual(512);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(lshPlan(a, b, SPEC, 7)).toEqual(lshPlan(a, b, SPEC, 7));
    expect(lshPlan(a, b, SPEC, 7)).not.toEqual(lshPlan(a, b, SPEC, 8));
  });
});

describe('candidates', () => {
  it.each([1, 2, 3, 4, 5])('are the pairs that share a key, each once (sample %d)', (seed) => {
    const { a, b } = sample(seed);
    for (const [x, y] of [[a, b], [b, a], [a, a], [b, b]]) {
      const plan = lshPlan(x, y, SPEC, seed);
      const { pairs, counts } = draw(x, y, plan);
      expect(new Set(pairs).size).toBe(pairs.length);
      expect([...pairs].sort()).toEqual(candidatesByDefinition(x, y, plan).sort());
      expect(counts).toEqual({ candidates: pairs.length, cutPairs: 0 });
    }
  });

  it('come in the same order each time', () => {
    const { a, b } = sample(6);
    expect(draw(a, b, lshPlan(a, b)).pairs).toEqual(draw(a, b, lshPlan(a, b)).pairs);
  });

  it('never join records through a segment that both are missing', () => {
    const missing = Array.from({ length: 20 }, () => new Uint8Array(8));
    const a = extractOf('a', 'unique', { name: missing });
    expect(draw(a, a, lshPlan(a, a))).toEqual({ pairs: [], counts: { candidates: 0, cutPairs: 0 } });
  });

  it('leave no pair with an equal segment out, unless its bucket is cut and counted', () => {
    const shared = rows(1, 64, 1)[0];
    const a = extractOf('a', 'unique', { name: [...Array<Uint8Array>(6).fill(shared), ...rows(30, 64, 2)] });
    const b = extractOf('b', 'unique', { name: [...Array<Uint8Array>(5).fill(shared), ...rows(30, 64, 3)] });
    const tight = { ...SPEC, maxPairsInBucket: 29 };
    const equalOnly: LshPlan = { kind: 'hamming-lsh', pairs: 36 * 35, tables: [{ kind: 'equal', segment: 0 }] };
    const all = Array.from({ length: 30 }, (_, k) => `${Math.floor(k / 5)}-${k % 5}`);
    expect(draw(a, b, equalOnly).pairs.sort()).toEqual(all);
    expect(draw(a, b, equalOnly, tight)).toEqual({ pairs: [], counts: { candidates: 0, cutPairs: 30 } });
    expect(draw(a, a, equalOnly, { ...SPEC, maxPairsInBucket: 14 }).counts)
      .toEqual({ candidates: 0, cutPairs: 15 });
  });

  it('cut in one table are still found in another', () => {
    const shared = rows(1, 64, 1)[0];
    const births = rows(6, 64, 2);
    const a = extractOf('a', 'unique', { name: Array<Uint8Array>(6).fill(shared), birth: births });
    const plan: LshPlan = { kind: 'hamming-lsh', pairs: 36, tables: [0, 1].map((segment) => ({ kind: 'equal', segment })) };
    const b = { ...a, registerId: 'b' };
    const { pairs, counts } = draw(a, b, plan, { ...SPEC, maxPairsInBucket: 10 });
    expect(pairs.sort()).toEqual(['0-0', '1-1', '2-2', '3-3', '4-4', '5-5']);
    expect(counts).toEqual({ candidates: 6, cutPairs: 36 });
  });

  it('fill several batches', () => {
    const shared = rows(1, 64, 1)[0];
    const a = extractOf('a', 'unique', { name: Array<Uint8Array>(300).fill(shared) });
    const { pairs } = draw(a, { ...a, registerId: 'b' }, lshPlan(a, { ...a, registerId: 'b' }));
    expect(new Set(pairs).size).toBe(300 * 300);
  });
});

describe('candidate probability', () => {
  const random = chance(11);
  const originals = rows(4000, 256, 12, 0.5);

  it.each([0.02, 0.05, 0.1, 0.2])('is the share of pairs found when %d of the columns differ', (share) => {
    const a = extractOf('a', 'unique', { name: originals });
    const b = extractOf('b', 'unique', { name: originals.map((row) => turned(row, share, random)) });
    const plan = lshPlan(a, b);
    const found = new Set(draw(a, b, plan).pairs);
    const own = originals.filter((_, i) => found.has(`${i}-${i}`)).length / originals.length;
    const expected = candidateProbability(plan, [share]);
    const error = Math.sqrt((expected * (1 - expected)) / originals.length);
    // Tables share some columns, so that finds are not quite independent: a hundredth for that.
    expect(Math.abs(own - expected)).toBeLessThan(4 * error + 0.01);
  });

  it('is certain for an equal segment, nothing when all are missing, and joins the segments', () => {
    const a = extractOf('a', 'unique', { name: rows(50, 64, 1), birth: rows(50, 64, 2) });
    const plan = lshPlan(a, a);
    expect(candidateProbability(plan, [0, 0.4])).toBe(1);
    expect(candidateProbability(plan, [Number.NaN, Number.NaN])).toBe(0);
    const missedBy = (differing: number[]): number => 1 - candidateProbability(plan, differing);
    expect(missedBy([0.1, 0.2])).toBeCloseTo(missedBy([0.1, Number.NaN]) * missedBy([Number.NaN, 0.2]), 12);
    expect(candidateProbability({ kind: 'exhaustive', pairs: 9 }, [Number.NaN])).toBe(1);
  });
});
