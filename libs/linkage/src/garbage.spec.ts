import type { Cardinality, EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter } from '../../../test/support/encoded-extracts.js';
import { link } from './link.js';
import type { LinkageSpec } from './linkage-spec.js';

/** Input that no register should deliver. It must end soon, whole, and within the cardinalities. */
const SPEC: LinkageSpec = {
  kind: 'vinculum-linkage-spec', version: 1, name: 'test', seed: 1,
  blocking: {
    exhaustivePairs: 1e8, tablesPerSegment: 4, comparisonsPerRecord: 5000, pairCompleteness: 0.99,
    maxPairsInBucket: 250000,
  },
  comparison: { sampledPairs: 2000, steps: 1 }, score: { rounds: 2 },
  decision: { kind: 'maximum-expected-f', beta: 1 },
};
const BLOCKED: LinkageSpec = { ...SPEC, blocking: { ...SPEC.blocking, exhaustivePairs: 0 } };
const WAYS: [string, LinkageSpec][] = [['compared with all', SPEC], ['blocked', BLOCKED]];

function filters(length: number, seed: number): Uint8Array[] {
  const random = chance(seed);
  return Array.from({ length }, () => randomFilter(128, 0.3, random));
}

const copies = (length: number, filter: Uint8Array): Uint8Array[] => Array<Uint8Array>(length).fill(filter);
const MISSING = new Uint8Array(16);
const [SAME] = filters(1, 1);

async function linkWhole(extracts: readonly EncodedExtract[], spec: LinkageSpec): ReturnType<typeof link> {
  const result = await link(extracts, spec);
  extracts.forEach(({ records, cardinality }, x) => {
    expect(result.entityOf[x]).toHaveLength(records);
    if (cardinality === 'unique') expect(new Set(result.entityOf[x]).size).toBe(records);
    expect(result.probability[x].every((value) => value >= 0 && value <= 1)).toBe(true);
  });
  for (const value of [result.estimated.precision, result.estimated.recall, result.threshold.probability]) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  }
  return result;
}

function register(
  registerId: string, cardinality: Cardinality, name: readonly Uint8Array[], birth: readonly Uint8Array[],
): EncodedExtract {
  return extractOf(registerId, cardinality, { name, birth });
}

describe.each(WAYS)('garbage, %s', (_, spec) => {
  it('a segment that all records miss changes nothing: the other links them', async () => {
    const people = filters(200, 2);
    const result = await linkWhole([
      register('a', 'unique', people, copies(200, MISSING)),
      register('b', 'unique', people.slice(50), copies(150, MISSING)),
    ], spec);
    expect(result.entities).toBe(200);
    expect(result.estimated.precision).toBeGreaterThan(0.95);
  });

  it('segments that never meet: nothing can be compared, nobody is linked', async () => {
    const people = filters(100, 3);
    const result = await linkWhole([
      register('a', 'unique', people, copies(100, MISSING)), register('b', 'unique', copies(100, MISSING), people),
    ], spec);
    expect(result.entities).toBe(200);
  });

  it('records without any segment link to nobody', async () => {
    const result = await linkWhole([
      register('a', 'unique', copies(50, MISSING), copies(50, MISSING)),
      register('b', 'many', copies(50, MISSING), copies(50, MISSING)),
    ], spec);
    expect(result.entities).toBe(100);
  });

  it.each<[Cardinality, Cardinality]>([['unique', 'unique'], ['many', 'many']])(
    '3,000 records that are all the same, %s and %s', async (ofA, ofB) => {
      const { estimated, warnings } = await linkWhole([
        register('a', ofA, copies(3000, SAME), copies(3000, SAME)),
        register('b', ofB, copies(3000, SAME), copies(3000, SAME)),
      ], spec);
      expect(estimated.precision).toBeLessThanOrEqual(1);
      if (spec === BLOCKED) expect(warnings).toContainEqual(expect.objectContaining({ code: 'PAIRS_CUT' }));
    });

  it.each<[Cardinality, Cardinality]>([['unique', 'unique'], ['many', 'many']])(
    'one record against many, %s and %s', async (ofA, ofB) => {
      const people = filters(1000, 4);
      const births = filters(1000, 5);
      const result = await linkWhole([
        register('one', ofA, people.slice(0, 1), births.slice(0, 1)), register('all', ofB, people, births),
      ], spec);
      expect(result.entities).toBeGreaterThanOrEqual(1000);
    });

  it('one record against one', async () => {
    const [[one, other], [birth]] = [filters(2, 6), filters(1, 7)];
    await linkWhole([register('a', 'unique', [one], [birth]), register('b', 'unique', [one], [birth])], spec);
    await linkWhole([register('a', 'many', [one], [birth]), register('b', 'many', [other], [birth])], spec);
  });

  it('filters full of ones', async () => {
    const full = new Uint8Array(16).fill(255);
    await linkWhole([
      register('a', 'unique', copies(300, full), filters(300, 8)), register('b', 'many', copies(300, full), filters(300, 8)),
    ], spec);
  });
});

describe('garbage by the thousand, blocked', () => {
  it('10,000 records of which half are the same: what is cut is counted', async () => {
    const [names, births] = [filters(5000, 10), filters(5000, 11)];
    const same = copies(5000, SAME);
    const { models } = await linkWhole([
      register('a', 'unique', [...same, ...names], [...same, ...births]),
      register('b', 'unique', [...same, ...names], [...same, ...births]),
    ], BLOCKED);
    expect(models[0].model.cutPairs).toBe(2 * 5000 * 5000);
  });
});
