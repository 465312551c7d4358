import {
  addExpectedPairs, addExpectedPairsOfGroups, ALL_REGISTERS, groupOfPair, noExpectedPairs, registerPairKey,
  type EntityEvidence, type ExpectedPairs,
} from './expected-quality.js';

function expected(...entities: EntityEvidence[]): Record<string, ExpectedPairs> {
  const sums = new Map<string, ExpectedPairs>();
  for (const entity of entities) addExpectedPairs(entity, sums);
  return Object.fromEntries(sums);
}

/** Pairs and matches by register pair, without the sum over all. */
function pairs(...entities: EntityEvidence[]): Record<string, { pairs: number; matches: number }> {
  return Object.fromEntries(Object.entries(expected(...entities))
    .filter(([key]) => key !== ALL_REGISTERS)
    .map(([key, sums]) => [key, { pairs: sums.pairs, matches: sums.matches }]));
}

const link = (a: number, b: number, probability: number) => ({ a, b, probability });

describe('expected pairs', () => {
  it('of a link are one pair, as probable as the link', () => {
    expect(pairs({ registers: [1, 0], links: [link(0, 1, 0.8)] })).toEqual({ '0-1': { pairs: 1, matches: 0.8 } });
  });

  it('of a chain have the product of its links', () => {
    const sums = pairs({ registers: [0, 1, 2], links: [link(0, 1, 0.8), link(1, 2, 0.5)] });
    expect(sums).toEqual({
      '0-1': { pairs: 1, matches: 0.8 }, '1-2': { pairs: 1, matches: 0.5 }, '0-2': { pairs: 1, matches: 0.4 },
    });
  });

  it('of two ways have the better one: the own link or a chain', () => {
    const ways = (own: number): number => expected({
      registers: [0, 1, 2], links: [link(0, 1, 0.9), link(1, 2, 0.9), link(0, 2, own)],
    })['0-2'].matches;
    expect(ways(0.5)).toBeCloseTo(0.81, 12);
    expect(ways(0.95)).toBe(0.95);
  });

  it('leave out pairs within a register, but go through them', () => {
    expect(pairs({ registers: [0, 1, 1], links: [link(0, 1, 0.9), link(1, 2, 0.5)] }))
      .toEqual({ '0-1': { pairs: 2, matches: 0.9 + 0.45 } });
  });

  it('add up over entities', () => {
    const one: EntityEvidence = { registers: [0, 1], links: [link(0, 1, 0.75)] };
    expect(pairs(one, one, one)).toEqual({ '0-1': { pairs: 3, matches: 2.25 } });
  });

  it('of a large entity are as probable as its weakest link', () => {
    const registers = [0, ...Array<number>(150).fill(1)];
    const links = registers.slice(1).map((_, k) => link(0, k + 1, k === 70 ? 0.6 : 0.9));
    const { pairs: all, matches } = expected({ registers, links })['0-1'];
    expect(all).toBe(150);
    expect(matches).toBeCloseTo(150 * 0.6, 9);
  });

  it('of a register that holds one person many thousand times take no time by pairs', () => {
    const registers = Array.from({ length: 60000 }, (_, k) => k % 3);
    const links = registers.slice(1).map((_, k) => link(k, k + 1, 0.5));
    expect(pairs({ registers, links })['0-2']).toEqual({ pairs: 4e8, matches: 2e8 });
  });

  it('are kept by register pair, whichever comes first', () => {
    expect([registerPairKey(3, 12), registerPairKey(12, 3)]).toEqual(['3-12', '3-12']);
  });

  it('add up over register pairs, and tell how many stand and fall together', () => {
    // One record of register 0, two of 1, one of 2: five pairs across registers.
    const links = [link(0, 1, 1), link(1, 2, 1), link(2, 3, 1)];
    const one: EntityEvidence = { registers: [0, 1, 1, 2], links };
    const sums = expected(one, one);
    expect(sums[ALL_REGISTERS]).toEqual({ pairs: 10, matches: 10, squaredByEntity: 50, squaredByRecord: 52 });
    expect(sums['0-1']).toEqual({ pairs: 4, matches: 4, squaredByEntity: 8, squaredByRecord: 12 });
  });
});

describe('expected pairs by group', () => {
  const ofGroups = (entity: EntityEvidence, groups: readonly number[]): number[][] => {
    const sums = Array.from({ length: 3 }, noExpectedPairs);
    addExpectedPairsOfGroups(entity, (position) => groups[position], 2, sums);
    return sums.map((one) => [one.pairs, one.matches, one.squaredByEntity]);
  };

  it('count for the group of the record whose register comes first', () => {
    const entity: EntityEvidence = { registers: [1, 0, 1], links: [link(0, 1, 0.8), link(1, 2, 0.5)] };
    expect(ofGroups(entity, [1, 2, 1])).toEqual([[0, 0, 0], [0, 0, 0], [2, 1.3, 4]]);
  });

  it('count for the other where that is not known, and for none without any', () => {
    const entity: EntityEvidence = { registers: [0, 1, 1], links: [link(0, 1, 0.8), link(0, 2, 0.5)] };
    expect(ofGroups(entity, [0, 1, 0])).toEqual([[0, 0, 0], [1, 0.8, 1], [0, 0, 0]]);
    const pairs = [[0, 0, 1, 2], [1, 2, 0, 0], [1, 2, 0, 1], [0, 0, 1, 0]] as const;
    expect(pairs.map(([a, ofA, b, ofB]) => groupOfPair(a, ofA, b, ofB))).toEqual([2, 2, 1, 0]);
  });

  it('of a large entity agree with the sums over all', () => {
    const registers = Array.from({ length: 150 }, (_, k) => k % 3);
    const links = registers.slice(1).map((_, k) => link(k, k + 1, 0.9));
    const [, one, two] = ofGroups({ registers, links }, registers.map((_, k) => 1 + (k % 2)));
    const all = expected({ registers, links })[ALL_REGISTERS];
    expect(one[0] + two[0]).toBe(all.pairs);
    expect(one[1] + two[1]).toBeCloseTo(all.matches, 9);
  });
});
