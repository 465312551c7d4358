import type { Cardinality, EncodedExtract } from '#libs/record';
import { chance, extractOf, randomFilter, turned } from '../../../test/support/encoded-extracts.js';
import { BLOCKED_LINKAGE_SPEC as BLOCKED, TEST_LINKAGE_SPEC as SPEC } from '../../../test/support/linkage-spec.js';
import { link, type LinkageResult } from './link.js';
import type { LinkageSpec } from './linkage-spec.js';
import type { LinkageProgress } from './pacing.js';

interface Filters { readonly name: Uint8Array; readonly birth: Uint8Array }

function people(length: number, seed: number): Filters[] {
  const random = chance(seed);
  return Array.from({ length }, () =>
    ({ name: randomFilter(256, 0.3, random), birth: randomFilter(128, 0.3, random) }));
}

function withErrors(records: readonly Filters[], share: number, seed: number): Filters[] {
  const random = chance(seed);
  return records.map(({ name, birth }) =>
    ({ name: turned(name, share, random), birth: random() < 0.3 ? turned(birth, share, random) : birth }));
}

function register(registerId: string, cardinality: Cardinality, records: readonly Filters[]): EncodedExtract {
  return extractOf(registerId, cardinality, {
    name: records.map(({ name }) => name), birth: records.map(({ birth }) => birth),
  });
}

/** Share of the persons whose records are one entity of their own; `persons` has that of each record. */
function wholeEntities({ entityOf }: LinkageResult, persons: readonly (readonly number[])[]): number {
  const entitiesOf = new Map<number, Set<number>>();
  const personsOf = new Map<number, Set<number>>();
  persons.forEach((ofRegister, x) => ofRegister.forEach((person, row) => {
    const entity = entityOf[x][row];
    entitiesOf.set(person, (entitiesOf.get(person) ?? new Set()).add(entity));
    personsOf.set(entity, (personsOf.get(entity) ?? new Set()).add(person));
  }));
  const whole = [...entitiesOf.values()].filter((entities) =>
    entities.size === 1 && personsOf.get([...entities][0])?.size === 1);
  return whole.length / entitiesOf.size;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);
const POPULATION = people(450, 1);

function expectRegular(
  { entityOf, entities, probability }: LinkageResult, extracts: readonly EncodedExtract[],
): void {
  expect(entityOf.map(({ length }) => length)).toEqual(extracts.map(({ records }) => records));
  const all = entityOf.flatMap((of) => Array.from(of));
  // In order of first appearance, so the distinct entities come as 0, 1, 2, …
  expect([...new Set(all)]).toEqual(numbers(0, entities));
  for (const value of probability.flatMap((of) => Array.from(of))) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  }
  extracts.forEach(({ cardinality, records }, x) => {
    if (cardinality === 'unique') expect(new Set(entityOf[x]).size).toBe(records);
  });
}

describe('linkage', () => {
  const first = register('first', 'unique', POPULATION.slice(0, 300));
  const copies = register('second', 'unique', POPULATION.slice(150, 450));
  const personsOfBoth = [numbers(0, 300), numbers(150, 450)];

  it.each([['compared with all', SPEC], ['blocked', BLOCKED]])('finds perfect copies, %s', async (_, spec) => {
    const result = await link([first, copies], spec);
    expectRegular(result, [first, copies]);
    expect(wholeEntities(result, personsOfBoth)).toBe(1);
    expect(result.entities).toBe(450);
    expect(result.estimated.precision).toBeGreaterThan(0.99);
    expect(result.estimated.recall).toBeGreaterThan(0.99);
    expect(result.byRegisterPair).toEqual([expect.objectContaining(
      { registerA: 'first', registerB: 'second', pairs: 150 })]);
    expect(Math.abs(result.byRegisterPair[0].matches - 150)).toBeLessThan(2);
    expect(result.warnings).toEqual([]);
  });

  it.each([['compared with all', SPEC, 0.98], ['blocked', BLOCKED, 0.9]])(
    'finds records with errors, %s, and knows how well', async (_, spec, least) => {
      const erroneous = register('second', 'unique', withErrors(POPULATION.slice(150, 450), 0.06, 2));
      const result = await link([first, erroneous], spec);
      expectRegular(result, [first, erroneous]);
      const whole = wholeEntities(result, personsOfBoth);
      expect(whole).toBeGreaterThan(least);
      expect(Math.abs(result.estimated.recall - whole)).toBeLessThan(0.05);
      expect(result.estimated.precision).toBeGreaterThan(0.97);
    });

  it('gives the same each time, and whatever else the machine does', async () => {
    const erroneous = register('second', 'many', withErrors(POPULATION.slice(150, 450), 0.08, 3));
    const [one, other] = [await link([first, erroneous], BLOCKED), await link([first, erroneous], BLOCKED)];
    expect(other).toEqual(one);
    expect(one.timings).toEqual({});
  });

  it('finds nobody among strangers, and says that there is hardly anybody to find', async () => {
    const strangers = register('strangers', 'unique', people(300, 9));
    const result = await link([first, strangers], SPEC);
    expect(result.entities).toBeGreaterThan(597);
    expect(result.byRegisterPair[0].matches).toBeLessThan(3);
  });

  it('aims at a target precision', async () => {
    const vague = register('second', 'unique', withErrors(POPULATION.slice(150, 450), 0.22, 4));
    const usual = await link([first, vague], SPEC);
    const precise = await link([first, vague], { ...SPEC, decision: { kind: 'target-precision', precision: 0.999 } });
    expect(precise.threshold.expectedPrecision).toBeGreaterThanOrEqual(0.999);
    expect(precise.threshold.links).toBeLessThanOrEqual(usual.threshold.links);
  });
});

describe('registers that hold many records a person', () => {
  const holders = POPULATION.slice(0, 200);
  const three = (records: readonly Filters[], seed: number): Filters[] =>
    [5, 6, 7].flatMap((k) => withErrors(records, 0.03, seed + k));
  const threeTimes = (persons: readonly number[]): number[] => [...persons, ...persons, ...persons];

  it('are joined to the one record of a unique register, all of them', async () => {
    const unique = register('people', 'unique', POPULATION.slice(0, 300));
    const many = register('permits', 'many', three(holders, 10));
    const result = await link([unique, many], SPEC);
    expectRegular(result, [unique, many]);
    expect(wholeEntities(result, [numbers(0, 300), threeTimes(numbers(0, 200))])).toBeGreaterThan(0.97);
    expect(result.models.map(({ registers }) => registers)).toEqual(['people x permits', 'permits x permits']);
    expect(result.byRegisterPair).toHaveLength(1);
  });

  it('are joined without any unique register', async () => {
    const permits = register('permits', 'many', three(holders, 20));
    const borders = register('borders', 'many', three(POPULATION.slice(100, 300), 30));
    const result = await link([permits, borders], { ...SPEC, comparison: { ...SPEC.comparison, steps: 12 } });
    const persons = [threeTimes(numbers(0, 200)), threeTimes(numbers(100, 300))];
    expect(wholeEntities(result, persons)).toBeGreaterThan(0.95);
  });
});

it('links three registers, through one another where it has to', async () => {
  const extracts = [
    register('one', 'unique', POPULATION.slice(0, 200)), register('two', 'unique', POPULATION.slice(100, 300)),
    register('three', 'unique', withErrors(POPULATION.slice(50, 250), 0.03, 40)),
  ];
  const result = await link(extracts, SPEC);
  expectRegular(result, extracts);
  expect(wholeEntities(result, [numbers(0, 200), numbers(100, 300), numbers(50, 250)])).toBeGreaterThan(0.98);
  expect(result.byRegisterPair.map(({ registerA, registerB }) => `${registerA}-${registerB}`))
    .toEqual(['one-two', 'one-three', 'two-three']);
});

describe('a run', () => {
  const a = register('a', 'unique', POPULATION.slice(0, 200));
  const b = register('b', 'many', POPULATION.slice(100, 300));

  it('reports progress that only rises, and times its stages by the clock it is given', async () => {
    const seen: LinkageProgress[] = [];
    let clock = 0;
    const { timings } = await link([a, b], BLOCKED, {
      onProgress: (progress) => { seen.push(progress); }, now: () => { clock += 5; return clock; },
    });
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions[0]).toBeLessThan(0.2);
    expect(Object.keys(timings)).toEqual(['share', 'non-matches', 'a x b', 'b x b', 'cluster']);
    for (const time of Object.values(timings)) expect(time).toBeGreaterThan(0);
  });

  it('does not start when it was cancelled before', async () => {
    const reason = new Error('the board closed the project');
    await expect(link([a, b], SPEC, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  const ways: [string, LinkageSpec][] = [['compared with all', SPEC], ['blocked', BLOCKED]];
  it.each(ways)('stops when it is cancelled on its way, %s', async (_, spec) => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = link([a, b], spec, {
      signal: controller.signal,
      onProgress: ({ fraction }) => { seen.push(fraction); controller.abort(); },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(Math.max(...seen)).toBeLessThan(0.9);
  });
});

describe('extracts that do not fit together are refused', () => {
  const good = register('good', 'unique', people(5, 1));
  const none = new Uint8Array(0);
  const empty: EncodedExtract = {
    registerId: 'empty', cardinality: 'unique', records: 0,
    segments: good.segments.map(({ name, bits }) => ({ name, bits, filters: none })),
  };
  const other = (segments: EncodedExtract['segments']): EncodedExtract => ({ ...good, registerId: 'x', segments });
  const many = (segments: number) => (registerId: string) => extractOf(registerId, 'unique', Object.fromEntries(
    numbers(0, segments).map((s) => [`s${s}`, people(3, s).map(({ birth }) => birth)])));

  it.each<[string, EncodedExtract[], RegExp]>([
    ['one alone', [good], /at least two extracts, got 1/],
    ['none', [], /at least two extracts, got 0/],
    ['an empty one', [good, empty], /empty holds no record/],
    ['the same register twice', [good, good], /same register/],
    ['other names of segments', [good, other(good.segments.map((segment) =>
      ({ ...segment, name: `x${segment.name}` })))], /xname:256,xbirth:128.*name:256/],
    ['another order of segments', [good, other([...good.segments].reverse())], /birth:128,name/],
    ['fewer segments', [good, other(good.segments.slice(1))], /birth:128, the first/],
    ['no segment', [{ ...good, segments: [] }, other([])], /1 to 10 segments, got 0/],
    ['eleven segments', ['x', 'y'].map(many(11)), /1 to 10 segments, got 11/],
  ])('%s', async (_, extracts, reason) => {
    await expect(link(extracts, SPEC)).rejects.toMatchObject({
      name: 'VinculumError', code: 'LINKAGE_INPUT_INVALID', message: expect.stringMatching(reason),
    });
  });
});
