import { addExpectedPairs, registerPairKey, type EntityEvidence, type ExpectedPairs } from './expected-quality.js';

function expected(...entities: EntityEvidence[]): Record<string, ExpectedPairs> {
  const sums = new Map<string, ExpectedPairs>();
  for (const entity of entities) addExpectedPairs(entity, sums);
  return Object.fromEntries(sums);
}

const link = (a: number, b: number, probability: number) => ({ a, b, probability });

describe('expected pairs', () => {
  it('of a link are one pair, as probable as the link', () => {
    expect(expected({ registers: [1, 0], links: [link(0, 1, 0.8)] })).toEqual({ '0-1': { pairs: 1, matches: 0.8 } });
  });

  it('of a chain have the product of its links', () => {
    const sums = expected({ registers: [0, 1, 2], links: [link(0, 1, 0.8), link(1, 2, 0.5)] });
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
    expect(expected({ registers: [0, 1, 1], links: [link(0, 1, 0.9), link(1, 2, 0.5)] }))
      .toEqual({ '0-1': { pairs: 2, matches: 0.9 + 0.45 } });
  });

  it('add up over entities', () => {
    const one: EntityEvidence = { registers: [0, 1], links: [link(0, 1, 0.75)] };
    expect(expected(one, one, one)).toEqual({ '0-1': { pairs: 3, matches: 2.25 } });
  });

  it('of a large entity are as probable as its weakest link', () => {
    const registers = [0, ...Array<number>(150).fill(1)];
    const links = registers.slice(1).map((_, k) => link(0, k + 1, k === 70 ? 0.6 : 0.9));
    const { pairs, matches } = expected({ registers, links })['0-1'];
    expect(pairs).toBe(150);
    expect(matches).toBeCloseTo(150 * 0.6, 9);
  });

  it('of a register that holds one person many thousand times take no time by pairs', () => {
    const registers = Array.from({ length: 60000 }, (_, k) => k % 3);
    const links = registers.slice(1).map((_, k) => link(k, k + 1, 0.5));
    expect(expected({ registers, links })['0-2']).toEqual({ pairs: 4e8, matches: 2e8 });
  });

  it('are kept by register pair, whichever comes first', () => {
    expect([registerPairKey(3, 12), registerPairKey(12, 3)]).toEqual(['3-12', '3-12']);
  });
});
