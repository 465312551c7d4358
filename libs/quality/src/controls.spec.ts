import { controlAgreement, type ControlPair } from './controls.js';

const pair = (rowA: number, rowB: number, isMatch: boolean): ControlPair =>
  ({ a: { extract: 0, row: rowA }, b: { extract: 1, row: rowB }, isMatch });
const ENTITIES = [Uint32Array.of(0, 1, 2), Uint32Array.of(1, 3, 2)];

describe('controls', () => {
  it('tell how many matches are linked, and how many others are', () => {
    const { positive, negative } = controlAgreement(ENTITIES, [
      pair(1, 0, true), pair(2, 2, true), pair(0, 1, true), pair(0, 0, false), pair(1, 0, false),
    ]);
    expect(positive).toMatchObject({ pairs: 3, linked: 2, share: 2 / 3 });
    expect(negative).toMatchObject({ pairs: 2, linked: 1, share: 0.5 });
    expect(positive.interval.lower).toBeLessThan(2 / 3);
    expect(positive.interval.upper).toBeGreaterThan(2 / 3);
  });

  it('say nothing where there are none', () => {
    const none = { pairs: 0, linked: 0, share: null, interval: { lower: 0, upper: 1 } };
    expect(controlAgreement(ENTITIES, [])).toEqual({ positive: none, negative: none });
  });
});
