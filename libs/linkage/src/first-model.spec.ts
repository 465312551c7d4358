import { comparisonScheme } from '#libs/compare';
import { extractOf } from '../../../test/support/encoded-extracts.js';
import { countedPair, firstModel, mostMatches } from './first-model.js';

/** One segment of ten levels; level 10 is a missing one. */
const scheme = comparisonScheme([{
  name: 'clk', bits: 1024, cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
}]);
const MATCHES = [0, 0, 0, 0, 0, 10, 30, 40, 60, 100, 0];
const CHANCE = [1e6, 5e5, 1e5, 1e4, 1000, 200, 40, 4, 0.4, 0.04, 0];
const COUNTS = Float64Array.from(CHANCE, (count, level) => Math.round(count + MATCHES[level]));
/** A register that holds everyone once, ten times as many pairs of it. */
const KNOWN = Float64Array.from(CHANCE, (count) => Math.round(10 * count));
const ALL = new Uint8Array(COUNTS.length).fill(1);

const rows = (records: number): Uint8Array[] => Array.from({ length: records }, () => new Uint8Array(128));
const unique = extractOf('a', 'unique', { clk: rows(300) });
const many = extractOf('b', 'many', { clk: rows(500) });

const expectedMatches = (odds: Float64Array): number =>
  odds.reduce((sum, one, level) => sum + (COUNTS[level] * one) / (1 + one), 0);

describe('the first model of two registers', () => {
  it('expects about as many matches as there are, and where they are', async () => {
    const { fit: found, odds } = await firstModel(countedPair(unique, many, scheme, KNOWN), COUNTS, ALL, {});
    expect(found.converged).toBe(true);
    expect(Math.abs(expectedMatches(odds) - 240)).toBeLessThan(15);
    expect(odds[9]).toBeGreaterThan(50);
    expect(Array.from(odds.slice(6, 10))).toEqual(Array.from(odds.slice(6, 10)).sort((x, y) => x - y));
  });

  it('sees no match where one segment has a rival for everybody by chance', async () => {
    const { odds, telling } = await firstModel(countedPair(unique, many, scheme, KNOWN), COUNTS, ALL, {});
    // 244 pairs by chance from level 5 on, for 300 records; 1,244 from level 4 on.
    expect(Array.from(telling.slice(0, 6))).toEqual([0, 0, 0, 0, 0, 1]);
    expect(Array.from(odds.slice(0, 5))).toEqual([0, 0, 0, 0, 0]);
  });

  it('has as many matches as a unique register allows, or as many duplicates as are reckoned with', () => {
    expect(mostMatches(unique, many)).toBe(500);
    expect(mostMatches(many, unique)).toBe(500);
    expect(mostMatches(unique, extractOf('c', 'unique', { clk: rows(200) }))).toBe(200);
    expect(mostMatches(many, many)).toBe(20 * 500);
    expect(mostMatches(many, extractOf('c', 'many', { clk: rows(700) }))).toBe(20 * 700);
  });
});
