import fc from 'fast-check';
import { matchWeight } from './match-weight.js';
import { levelTable, observedMask, type VectorSpace } from './vector-space.js';
import { weightWaterfall } from './weight-waterfall.js';

const SPACE: VectorSpace = { levels: [4, 3, 3], vectors: 36 };
const TABLE = levelTable(SPACE);
const share = fc.double({ min: 1e-6, max: 1, noNaN: true });
const shares = fc.array(share, { minLength: SPACE.vectors, maxLength: SPACE.vectors });

/** Those that observe the same segments sum to 1. */
function normalised(values: readonly number[]): Float64Array {
  const sums = new Map<number, number>();
  values.forEach((value, v) => {
    const mask = observedMask(SPACE, TABLE, v);
    sums.set(mask, (sums.get(mask) ?? 0) + value);
  });
  return Float64Array.from(values, (value, v) => value / (sums.get(observedMask(SPACE, TABLE, v)) as number));
}

/** Vectors of segments that are independent, from the shares of their levels; a missing level has 1. */
function independent(levels: readonly (readonly number[])[]): Float64Array {
  const shareOf = (v: number): number => levels.reduce((product, ofSegment, s) => {
    const level = TABLE[v * 3 + s];
    return product * (level === SPACE.levels[s] - 1 ? 1 : ofSegment[level]);
  }, 1);
  return normalised(Array.from({ length: SPACE.vectors }, (_, v) => shareOf(v)));
}

const levels = fc.tuple(...SPACE.levels.map((count) =>
  fc.array(share, { minLength: count, maxLength: count })));

describe('waterfall', () => {
  it('adds up to the weight of the vector', () => {
    fc.assert(fc.property(shares, shares, fc.nat(SPACE.vectors - 1), (ofM, ofU, vector) => {
      const [m, u] = [normalised(ofM), normalised(ofU)];
      const { segments, together, total } = weightWaterfall(SPACE, m, u, vector);
      expect(segments.reduce((sum, weight) => sum + weight, together)).toBeCloseTo(total, 9);
      const expected = observedMask(SPACE, TABLE, vector) === 0 ? 0 : matchWeight(m[vector], u[vector]);
      expect(total).toBe(expected);
    }));
  });

  it('leaves nothing to the segments together where they are independent', () => {
    fc.assert(fc.property(levels, levels, fc.nat(SPACE.vectors - 1), (ofM, ofU, vector) => {
      const { together } = weightWaterfall(SPACE, independent(ofM), independent(ofU), vector);
      expect(together).toBeCloseTo(0, 6);
    }));
  });

  it('gives a missing segment no weight', () => {
    fc.assert(fc.property(shares, shares, fc.nat(SPACE.vectors - 1), (ofM, ofU, vector) => {
      const { segments } = weightWaterfall(SPACE, normalised(ofM), normalised(ofU), vector);
      segments.forEach((weight, s) => {
        if (TABLE[vector * 3 + s] === SPACE.levels[s] - 1) expect(weight).toBe(0);
      });
    }));
  });

  it('takes the weights of the textbook apart', () => {
    // Three yes-or-no fields, m = (.95, .97, .99), u = (.01, .003, .5), all agree.
    const space: VectorSpace = { levels: [3, 3, 3], vectors: 27 };
    const table = levelTable(space);
    const vectors = (agree: readonly number[]): Float64Array => Float64Array.from({ length: 27 }, (_, v) =>
      agree.reduce((product, p, s) => product * [1 - p, p, 1][table[v * 3 + s]], 1));
    const { segments, together, total } = weightWaterfall(
      space, vectors([0.95, 0.97, 0.99]), vectors([0.01, 0.003, 0.5]), 1 + 3 + 9);
    expect(segments.map((weight) => weight.toFixed(6))).toEqual(['6.569856', '8.336878', '0.985500']);
    expect(total).toBeCloseTo(15.892234, 6);
    expect(together).toBeCloseTo(0, 9);
  });
});
