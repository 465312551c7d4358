import fc from 'fast-check';
import { chance, randomFilter, turned } from '../../../../test/support/encoded-extracts.js';
import { joinAll, joinShare, sortedPairs, stopJoin } from './join-all.js';
import { joinByDefinition } from './join-by-definition.js';
import { prepareJoin } from './join-memory.js';
import { MOST_JOIN_BITS, type FilterTable, type JoinedPairs, type JoinSpec } from './join-spec.js';
import { PREFIX_LENGTHS } from './prefix-length.js';
import { wasmJoinKernel } from './wasm-join-kernel.js';

interface Given {
  readonly bits: number; readonly fill: number; readonly recordsA: number; readonly recordsB: number;
  readonly seed: number;
}

/** Below, at and between the lengths of the scans, and far beyond the longest prefix. */
const bits = fc.constantFrom(8, 64, 192, 256, 264, 320, 448, 512, 576, 640, 832, 1024, 1088, 2048);
const given = fc.record({
  bits, fill: fc.constantFrom(0.03, 0.3, 0.45, 0.7), recordsA: fc.nat(70), recordsB: fc.nat(70),
  seed: fc.integer(),
});
const similarity = fc.constantFrom(0.2, 0.5, 0.66, 0.8, 0.85, 0.9, 1);

/** Some rows are missing, some near or equal to a prototype, so that pairs lie around any threshold. */
function tableOf({ bits: length, fill, seed }: Given, records: number, side: number): FilterTable {
  const prototypes = Array.from({ length: 4 }, (_, k) => randomFilter(length, fill, chance(seed + k)));
  const random = chance(seed + 100 + side);
  const rows = Array.from({ length: records }, () => {
    const kind = random();
    if (kind < 0.1) return new Uint8Array(length / 8);
    if (kind < 0.4) return randomFilter(length, fill, random);
    return turned(prototypes[Math.floor(4 * random())], kind < 0.6 ? 0 : 0.25 * random(), random);
  });
  return { bits: length, records, filters: Uint8Array.from(Buffer.concat(rows)) };
}

function resultOf<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

const rowsOf = ({ length, rowsOfA, rowsOfB }: JoinedPairs): string[] =>
  Array.from({ length }, (_, k) => `${rowsOfA[k]}-${rowsOfB[k]}`);

describe('threshold join', () => {
  it('finds what the definition finds, across two tables', () => {
    fc.assert(fc.property(given, similarity, (of, least) => {
      const [a, b] = [tableOf(of, of.recordsA, 0), tableOf(of, of.recordsB, 1)];
      const spec = { similarity: least };
      expect(rowsOf(resultOf(joinAll(a, b, spec)))).toEqual(rowsOf(joinByDefinition(a, b, spec)));
    }), { numRuns: 25 });
  });

  it('finds what the definition finds, within one table', () => {
    fc.assert(fc.property(given, similarity, (of, least) => {
      const a = tableOf(of, of.recordsA, 0);
      const spec = { similarity: least, within: true };
      expect(rowsOf(resultOf(joinAll(a, a, spec)))).toEqual(rowsOf(joinByDefinition(a, a, spec)));
    }), { numRuns: 15 });
  });

  it.each(PREFIX_LENGTHS)('finds the same with a prefix of %d words', (prefixWords) => {
    const of = { bits: 1088, fill: 0.45, recordsA: 0, recordsB: 0, seed: prefixWords };
    const [a, b] = [tableOf(of, 61, 0), tableOf(of, 73, 1)];
    const found = resultOf(joinAll(a, b, { similarity: 0.75, prefixWords }));
    expect(found.length).toBeGreaterThan(50);
    expect(rowsOf(found)).toEqual(rowsOf(joinByDefinition(a, b, { similarity: 0.75 })));
  });

  it('is the same pairs whatever the number of threads and whoever takes which tile', () => {
    const turnsOf = fc.array(fc.nat(3), { maxLength: 12 });
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), turnsOf, (threads, turns) => {
      const of = { bits: 128, fill: 0.4, recordsA: 0, recordsB: 0, seed: 5 };
      const [a, b] = [tableOf(of, 600, 0), tableOf(of, 200, 1)];
      const spec = { similarity: 0.7 };
      const join = prepareJoin(a, b, spec, wasmJoinKernel.cost, threads);
      const shares = Array.from({ length: threads }, (_, worker) => joinShare(join, wasmJoinKernel, worker));
      const ended = new Map<number, Uint32Array>();
      for (const turn of turns) {
        if (turn >= threads || ended.has(turn)) continue;
        const step = shares[turn].next();
        if (step.done) ended.set(turn, step.value);
      }
      const last = shares.map((share, thread) => ended.get(thread) ?? resultOf(share));
      expect(rowsOf(sortedPairs(last, a.records))).toEqual(rowsOf(resultOf(joinAll(a, b, spec))));
    }), { numRuns: 10 });
  });

  it('ends after the tile at hand when it is stopped', () => {
    const of = { bits: 64, fill: 0.4, recordsA: 0, recordsB: 0, seed: 6 };
    const a = tableOf(of, 600, 0);
    const join = prepareJoin(a, a, { similarity: 0.9, within: true }, wasmJoinKernel.cost);
    const share = joinShare(join, wasmJoinKernel, 0);
    expect(share.next()).toMatchObject({ done: false, value: { done: 1, total: 5 } });
    stopJoin(join);
    expect(share.next().done).toBe(true);
  });
});

describe('a join is refused', () => {
  const table = (bits: number, records = 2): FilterTable =>
    ({ bits, records, filters: new Uint8Array((records * bits) / 8).fill(255) });
  const join = (a: FilterTable, b: FilterTable, spec: JoinSpec) => () => resultOf(joinAll(a, b, spec));

  it.each([0, -0.1, 1.01, Number.NaN])('for the similarity %d', (least) => {
    expect(join(table(64), table(64), { similarity: least })).toThrow('a similarity in (0, 1]');
  });

  it('for filters that do not fit together, or are not what they say', () => {
    expect(join(table(64), table(128), { similarity: 0.8 })).toThrow('one length, got 64 and 128');
    expect(join(table(64), table(64), { similarity: 0.8, within: true })).toThrow('the same table on both sides');
    expect(join({ ...table(64), records: 3 }, table(64), { similarity: 0.8 })).toThrow('are 24 bytes, got 16');
    for (const bits of [0, 12, MOST_JOIN_BITS + 8]) {
      expect(join(table(bits), table(bits), { similarity: 0.8 })).toThrow('a multiple of 8');
    }
  });

  it('for a prefix that has no scan, or is longer than the filters', () => {
    for (const prefixWords of [0, 9, 8]) {
      expect(join(table(320), table(320), { similarity: 0.8, prefixWords })).toThrow('a prefix of 4, 5 words');
    }
  });

  it('for more pairs than asked for, and not for just as many', () => {
    const all = { similarity: 0.8, mostPairs: 40000 };
    expect(join(table(64, 200), table(64, 200), all)().length).toBe(40000);
    const fewer = { ...all, mostPairs: 39999 };
    expect(join(table(64, 200), table(64, 200), fewer)).toThrow('more than 39999 pairs');
    expect(() => joinByDefinition(table(64, 200), table(64, 200), fewer)).toThrow('more than 39999 pairs');
  });
});

it('takes the longest filters there are', () => {
  const filters = Uint8Array.from({ length: (2 * MOST_JOIN_BITS) / 8 }, (_, k) => 255 - (k % 3));
  const table = { bits: MOST_JOIN_BITS, records: 2, filters };
  expect(rowsOf(resultOf(joinAll(table, table, { similarity: 0.9, within: true })))).toEqual(['0-1']);
});
