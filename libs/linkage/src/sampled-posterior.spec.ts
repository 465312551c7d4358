import { comparisonScheme, levelsOfVector } from '#libs/compare';
import { extractOf } from '../../../test/support/encoded-extracts.js';
import type { JoinEvidence } from './counting-task.js';
import { countedPair } from './first-model.js';
import { sampledPosterior } from './sampled-posterior.js';

/** Two segments of three levels; level 3 is a missing one. */
const scheme = comparisonScheme(['names', 'birth'].map((name) => ({ name, bits: 64, cuts: [0.4, 0.8] })));
const RECORDS = 400;
const SCALE = 4;
const CHANCE = [0.97, 0.02, 0.01];

const rows = Array.from({ length: RECORDS }, () => new Uint8Array(8).fill(1));
const unique = ['a', 'b'].map((name) => extractOf(name, 'unique', { names: rows, birth: rows }));
const pair = countedPair(unique[0], unique[1],
  scheme, Float64Array.from({ length: scheme.vectors }, (_, v) => 1e7 * chanceOf(v)));

function chanceOf(vector: number): number {
  return levelsOfVector(scheme, vector).reduce((product, level) => product * (CHANCE[level] ?? 0), 1);
}

function vectorOf(names: number, birth: number): number {
  return Array.from({ length: scheme.vectors }, (_, v) => v).find((v) => {
    const levels = levelsOfVector(scheme, v);
    return levels[0] === names && levels[1] === birth;
  }) as number;
}

/** 100 joined rows (3, 7, 11 …), each with its match, of which every second has one segment left. */
function evidence(): JoinEvidence {
  const pairs: number[] = [];
  const joined = new Float64Array(scheme.vectors).map((_, v) => Math.round(100 * RECORDS * chanceOf(v)));
  for (let k = 0; k < 100; k++) {
    const vector = k % 2 === 0 ? vectorOf(2, 2) : vectorOf(2, 0);
    pairs.push(4 * k + 3, k, vector);
    joined[vector]++;
    // Rivals of the first fifty rows only: strangers of the same name.
    for (let rival = 0; k < 50 && rival < 7; rival++) pairs.push(4 * k + 3, 150 + rival, vectorOf(2, 0));
  }
  return {
    rows: 100, scale: SCALE, pairs: Uint32Array.from(pairs), counts: joined.map((count) => SCALE * count),
    reliable: new Uint8Array(scheme.vectors).fill(1),
    rare: new Uint8Array(scheme.vectors).map((_, v) => Number(levelsOfVector(scheme, v).includes(2))),
  };
}

const oneLeft = vectorOf(2, 0);

describe('the posterior of a sample', () => {
  it('judges pairs beside the rivals of their row, not by their vector alone', async () => {
    const given = evidence();
    const probabilities = await sampledPosterior(pair, given, 6, {});
    const alone: number[] = [];
    const besideSure: number[] = [];
    for (let e = 0; e < probabilities.length; e++) {
      const [row, , vector] = given.pairs.subarray(3 * e, 3 * e + 3);
      if (vector !== oneLeft) continue;
      if (row >= 203) alone.push(probabilities[e]);
      else if ((row - 3) % 8 === 0) besideSure.push(probabilities[e]);
    }
    expect(alone).toHaveLength(25);
    expect(Math.min(...alone)).toBeGreaterThan(0.5);
    expect(besideSure).toHaveLength(25 * 7);
    expect(Math.max(...besideSure)).toBeLessThan(0.01);
  });

  it('gives each pair its own, in the order in which they came', async () => {
    const given = evidence();
    const probabilities = await sampledPosterior(pair, given, 6, {});
    const order = Array.from(probabilities.keys()).reverse();
    const pairs = order.flatMap((e) => Array.from(given.pairs.subarray(3 * e, 3 * e + 3)));
    const reversed = await sampledPosterior(pair, { ...given, pairs: Uint32Array.from(pairs) }, 6, {});
    order.forEach((e, k) => { expect(reversed[k]).toBeCloseTo(probabilities[e], 9); });
  });

  it('takes nothing that is not rare for a match', async () => {
    const given = evidence();
    const rare = given.rare.slice();
    rare[oneLeft] = 0;
    const probabilities = await sampledPosterior(pair, { ...given, rare }, 6, {});
    probabilities.forEach((one, e) => {
      if (given.pairs[3 * e + 2] === oneLeft) expect(one).toBe(0);
      else expect(one).toBeGreaterThan(0.8);
    });
  });
});
