import type { Cardinality, EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { TEST_LINKAGE_SPEC as SPEC } from '../../../test/support/linkage-spec.js';
import { link, type LinkageResult } from './link.js';
import { NEW_RECORD, type PreviousEntities } from './previous-entities.js';

interface Filters { readonly name: Uint8Array; readonly birth: Uint8Array }

const random = chance(1);
const PEOPLE: Filters[] = Array.from({ length: 400 }, () =>
  ({ name: randomFilter(256, 0.3, random), birth: randomFilter(128, 0.3, random) }));
const withErrors = (records: readonly Filters[]): Filters[] =>
  records.map(({ name, birth }) => ({ name: turned(name, 0.05, random), birth }));

function register(registerId: string, cardinality: Cardinality, records: readonly Filters[]): EncodedExtract {
  return extractOf(registerId, cardinality, {
    name: records.map(({ name }) => name), birth: records.map(({ birth }) => birth),
  });
}

const a = register('a', 'unique', PEOPLE.slice(0, 200));
const b = register('b', 'unique', withErrors(PEOPLE.slice(100, 300)));
const c = register('c', 'many', withErrors([...PEOPLE.slice(50, 250), ...PEOPLE.slice(350, 400)]));

function sizesOf({ entityOf, entities }: LinkageResult): Uint32Array {
  const sizes = new Uint32Array(entities);
  for (const entity of entityOf.flatMap((of) => Array.from(of))) sizes[entity]++;
  return sizes;
}

/** A first result as the round before, with further extracts of which nothing is known. */
function before(result: LinkageResult, more: readonly EncodedExtract[] = []): PreviousEntities {
  return {
    sizes: sizesOf(result), settled: [...result.entityOf.map(() => true), ...more.map(() => false)],
    entityOf: [...result.entityOf, ...more.map(({ records }) => new Uint32Array(records).fill(NEW_RECORD))],
    probability: [...result.probability, ...more.map(({ records }) => new Float64Array(records))],
  };
}

const FIRST_50 = Array.from({ length: 50 }, (_, n) => n);
let first: LinkageResult;
beforeAll(async () => { first = await link([a, b], SPEC); });

describe('a round after another', () => {
  it('without any new extract changes nothing and compares nothing', async () => {
    const round = await link([a, b], SPEC, {}, before(first));
    expect(round.entityOf).toEqual(first.entityOf);
    expect(round.probability).toEqual(first.probability);
    expect(round.succession).toMatchObject({ unchanged: first.entities, extended: 0, fresh: 0, gone: 0 });
    expect(round.models).toEqual([]);
  });

  it('compares pairs with the new extract only, and ends as linking all at once', async () => {
    const round = await link([a, b, c], SPEC, {}, before(first, [c]));
    expect(round.models.map(({ registers }) => registers)).toEqual(['a x c', 'b x c', 'c x c']);
    expect(round.byRegisterPair.map(({ registerA, registerB }) => registerA + registerB)).toEqual(['ac', 'bc']);
    const whole = await link([a, b, c], SPEC);
    expect(round.entityOf).toEqual(whole.entityOf);
    expect(round.succession).toMatchObject({ extended: 200, split: 0, merged: 0, gone: 0 });
    // 50 people are new; filters of random bits may make one of them like somebody else.
    expect(round.succession!.fresh).toBeGreaterThanOrEqual(49);
    expect(round.succession?.unchanged).toBe(first.entities - 200);
    for (const { precision, recall } of [round.estimated]) {
      expect(precision).toBeGreaterThan(0.97);
      expect(recall).toBeGreaterThan(0.95);
    }
  });

  it('of strangers leaves the old entities as they are', async () => {
    const strangers = register('s', 'many', PEOPLE.slice(300, 350));
    const round = await link([a, b, strangers], SPEC, {}, before(first, [strangers]));
    expect(round.entityOf.slice(0, 2)).toEqual(first.entityOf);
    const { unchanged, extended, fresh, split, merged } = round.succession!;
    expect([split, merged, unchanged + extended, extended + fresh]).toEqual([0, 0, first.entities, 50]);
    expect(fresh).toBeGreaterThan(40);
  });

  it('joins entities that only the new extract brings together', async () => {
    const none = (length: number, bytes: number): Uint8Array[] => Array(length).fill(new Uint8Array(bytes));
    const people = PEOPLE.slice(0, 150);
    const names = extractOf('a', 'unique', { name: people.map(({ name }) => name), birth: none(150, 16) });
    const births = extractOf('b', 'unique', { name: none(150, 32), birth: people.map(({ birth }) => birth) });
    const apart = await link([names, births], SPEC);
    expect(apart.entities).toBe(300);
    // Links that are as good as the threshold are worth little: half of these are worse than the others.
    const bad = ({ name, birth }: Filters): Filters =>
      ({ name: turned(name, 0.2, random), birth: turned(birth, 0.2, random) });
    const bridge = register('c', 'unique', [...people.slice(0, 50), ...people.slice(50, 100).map(bad)]);
    const round = await link([names, births, bridge], SPEC, {}, before(apart, [bridge]));
    const whole = await link([names, births, bridge], SPEC);
    expect(round.entityOf).toEqual(whole.entityOf);
    expect(round.succession).toMatchObject({ split: 0 });
    expect(round.succession!.merged).toBeGreaterThanOrEqual(50);
    // Of both entities the lower goes on.
    expect(Array.from(round.succession!.continues.slice(0, 50))).toEqual(FIRST_50);
  });

  it('takes a newer extract of a register: who persists keeps the entity unless links changed', async () => {
    // Rows 10 on persist; of these the first ten are now somebody else, and ten people are new.
    const renewed = [...PEOPLE.slice(320, 330), ...PEOPLE.slice(120, 300), ...PEOPLE.slice(330, 340)];
    const newer = register('b', 'unique', renewed);
    const old = before(first);
    const persisting = Uint32Array.from({ length: 200 }, (_, row) =>
      (row < 190 ? first.entityOf[1][row + 10] : NEW_RECORD));
    const round = await link([a, newer], SPEC, {}, {
      ...old, settled: [true, false], entityOf: [first.entityOf[0], persisting],
      probability: [first.probability[0], first.probability[1]],
    });
    const { continues, ...counts } = round.succession!;
    for (let row = 10; row < 190; row++) {
      expect(continues[round.entityOf[1][row]]).toBe(first.entityOf[1][row + 10]);
    }
    // Ten people have lost their record of register b; of ten more it is somebody else's: two parts of each.
    expect(counts).toMatchObject({ fresh: 10, extended: 0, merged: 0, gone: 0, split: 20 });
    expect(counts.unchanged).toBe(first.entities - 10);
  });
});

describe('what the round before is said to have found', () => {
  const changed = (change: (previous: PreviousEntities) => Partial<PreviousEntities>): PreviousEntities => {
    const previous = before(first);
    return { ...previous, ...change(previous) };
  };
  it.each<[string, (previous: PreviousEntities) => Partial<PreviousEntities>]>([
    ['an extract is not in it', ({ settled }) => ({ settled: settled.slice(1) })],
    ['it has fewer records', ({ entityOf }) => ({ entityOf: [entityOf[0].slice(1), entityOf[1]] })],
    ['it names entities that it has not', ({ sizes }) => ({ sizes: sizes.slice(1) })],
    ['a probability is none', ({ probability }) => ({ probability: [probability[0].map(() => Number.NaN), probability[1]] })],
    ['a settled extract has a new record', ({ entityOf }) => ({
      entityOf: [entityOf[0].map((entity, row) => (row ? entity : NEW_RECORD)), entityOf[1]] })],
    ['one person has two records of a unique register', ({ entityOf }) => ({
      entityOf: [entityOf[0].map(() => 0), entityOf[1]] })],
  ])('is refused where %s', async (_, change) => {
    await expect(link([a, b], SPEC, {}, changed(change))).rejects.toMatchObject({ code: 'PREVIOUS_ENTITIES_INVALID' });
  });

  it('explains no pair that the round does not compare', async () => {
    const explain = [{ a: { extract: 0, row: 0 }, b: { extract: 1, row: 0 } }];
    await expect(link([a, b, c], SPEC, { explain }, before(first, [c]))).rejects.toMatchObject({
      code: 'PAIR_NOT_COMPARED', message: expect.stringContaining('from the one before'),
    });
  });
});
