import type { Cardinality, EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { testBlocking } from '../../../test/support/linkage-spec.js';
import { link } from './link.js';
import type { LinkageSpec } from './linkage-spec.js';

/** Input that no register should deliver. It must end soon, whole, and within the cardinalities. */
const SPEC: LinkageSpec = {
  ...testBlocking({ exhaustivePairs: 1e8, tablesPerSegment: 4, maxPairsInBucket: 250000 }),
  comparison: { sampledPairs: 2000, steps: 1 },
};
const BLOCKED: LinkageSpec = { ...SPEC, blocking: { ...SPEC.blocking, exhaustivePairs: 0 } };
const WAYS: [string, LinkageSpec][] = [['compared with all', SPEC], ['blocked', BLOCKED]];

function filters(length: number, seed: number): Uint8Array[] {
  const random = chance(seed);
  return Array.from({ length }, () => randomFilter(128, 0.3, random));
}

/** Each filter is the one before with a few bits turned: neighbours are alike, those farther off are not. */
function chain(length: number, seed: number): Uint8Array[] {
  const random = chance(seed);
  const links = filters(1, seed + 1);
  while (links.length < length) links.push(turned(links.at(-1)!, 0.01, random));
  return links;
}

const numbersTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n);
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

  it.each<[string, Cardinality]>([['many', 'many'], ['unique', 'unique']])(
    'chains that join all records of three registers, each %s per person', async (_name, cardinality) => {
      const [names, births] = [chain(450, 14), chain(450, 15)];
      const shift = (x: number) => (all: Uint8Array[]): Uint8Array[] => [...all.slice(x), ...all.slice(0, x)];
      const extracts = numbersTo(3).map((x) => {
        const ofRegister = (all: Uint8Array[]): Uint8Array[] => shift(x)(all).filter((__, k) => k % 3 === x);
        return register(`r${x}`, cardinality, ofRegister(names), ofRegister(births));
      });
      const { entities } = await linkWhole(extracts, spec);
      expect(entities).toBeLessThan(450);
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

  it.each(WAYS)('120 of 1,500 records are one placeholder, %s: each keeps what it has room for', async (_, spec) => {
    const [names, births] = [filters(1500, 20), filters(1500, 21)];
    const hub = (all: Uint8Array[]): Uint8Array[] => [...copies(120, SAME), ...all.slice(120)];
    const followed = new Map<string, number>();
    const { models, warnings, entityOf: [ofA, ofB] } = await link([
      register('a', 'unique', hub(names), hub(births)), register('b', 'unique', hub(names), hub(births)),
    ], { ...spec, blocking: { ...spec.blocking, maxCandidatesOfRecord: 100 } }, {
      onFollowedPairs: ({ pairs: { rowsOfA, rowsOfB } }) => rowsOfA.forEach((row, e) => {
        for (const record of [`a${row}`, `b${rowsOfB[e]}`]) followed.set(record, (followed.get(record) ?? 0) + 1);
      }),
    });
    expect(Math.max(...followed.values())).toBe(100);
    // Tables count a pair again that an earlier one has cut: here both equal tables join all 120.
    const cutAgain = spec === BLOCKED ? 120 * 20 : 0;
    expect(models[0].model.cutCandidates).toBe(120 * 120 - 100 * 100 + cutAgain);
    expect(numbersTo(1500).filter((n) => n >= 120 && ofA[n] === ofB[n])).toHaveLength(1380);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'CANDIDATES_CUT', registers: 'a x b' }));
  });
});

describe('garbage that is refused before any work', () => {
  const person = (registerId: string): EncodedExtract =>
    register(registerId, 'unique', filters(5, 12), filters(5, 13));
  const [a, b] = [person('a'), person('b')];

  it.each<[string, EncodedExtract]>([
    ['fewer filters than records', { ...b, records: 6 }],
    ['no whole number of records', { ...b, records: Number.NaN }],
    ['less than no record', { ...b, records: -5 }],
    ['records in words', { ...b, records: '5' as unknown as number }],
    ['a cardinality that is none', { ...b, cardinality: 'few' as Cardinality }],
  ])('an extract with %s', async (_, bad) => {
    await expect(link([a, bad], SPEC)).rejects.toMatchObject({ code: 'LINKAGE_INPUT_INVALID' });
  });

  it('a register more than can be unique per person', async () => {
    const many = Array.from({ length: 31 }, (_, n) => person(`r${n}`));
    await expect(link(many, SPEC)).rejects.toMatchObject({
      code: 'LINKAGE_INPUT_INVALID', message: expect.stringContaining('at most 30'),
    });
  });

  const changes: [string, object][] = [
    ['NaN', { score: { rounds: Number.NaN } }], ['infinite', { blocking: { ...SPEC.blocking, comparisonsPerRecord: Infinity } }],
    ['below nothing', { seed: -1 }], ['in words', { comparison: { sampledPairs: '2000', steps: 1 } }],
    ['unknown', { threshold: 0.8 }], ['unknown within', { score: { rounds: 2, starts: 5 } }],
    ['a list where members belong', { blocking: [] }],
  ];
  it.each(changes)('a spec that is %s, whoever calls', async (_, change) => {
    const spec = { ...SPEC, ...change } as LinkageSpec;
    await expect(link([a, b], spec)).rejects.toMatchObject({ code: 'LINKAGE_SPEC_INVALID' });
  });
});
