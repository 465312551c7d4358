import { PURPOSES, RandomStream, randomStream, type Purpose } from './random.js';

const draw = (random: RandomStream, count: number): number[] =>
  Array.from({ length: count }, () => random.uint32());

describe('xoshiro128**', () => {
  it('gives the published sequence for the state 1, 2, 3, 4', () => {
    expect(draw(new RandomStream(1, 2, 3, 4), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe('keyed streams', () => {
  it('are the same for the same key and differ for any other', () => {
    const streams = new Map<string, string>();
    for (const seed of [0, 1, 2 ** 32, 2 ** 33]) {
      for (const purpose of Object.keys(PURPOSES) as Purpose[]) {
        for (const number of [0, 1, 2 ** 32 - 1]) {
          const text = draw(randomStream(seed, purpose, number), 4).join();
          expect(text).toBe(draw(randomStream(seed, purpose, number), 4).join());
          streams.set(text, `${seed} ${purpose} ${number}`);
        }
      }
    }
    expect(streams.size).toBe(4 * Object.keys(PURPOSES).length * 3);
  });

  it('draw every value of a range about equally often', () => {
    const counts = new Array<number>(10).fill(0);
    for (let key = 0; key < 2000; key++) {
      const random = randomStream(7, 'person', key);
      for (let i = 0; i < 10; i++) counts[random.between(0, 9)]++;
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is passed once in a thousand.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  it('draw weighted indices by their weights', () => {
    const random = randomStream(1, 'household', 1);
    const counts = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[random.weighted([1, 0, 3])]++;
    expect(counts[1]).toBe(0);
    expect(counts[2] / 10_000).toBeCloseTo(0.75, 1);
  });
});
