import { classOverlap } from './class-overlap.js';

describe('class overlap', () => {
  it('is 0 where every pair is surely one or the other, and all matches are seen', () => {
    expect(classOverlap(Float64Array.of(1, 1, 0, 0, 0), 2)).toBe(0);
    expect(classOverlap(new Float64Array(0), 0)).toBe(0);
  });

  it('counts the errors of the best decision on each pair', () => {
    // 0.9 is linked (0.1 wrong), 0.3 is not (0.3 missed), of 1.2 matches in all.
    expect(classOverlap(Float64Array.of(0.9, 0.3), 1.2)).toBeCloseTo(0.4 / 1.2, 12);
  });

  it('counts the matches that no pair shows as missed', () => {
    expect(classOverlap(Float64Array.of(1), 4)).toBe(0.75);
    expect(classOverlap(new Float64Array(0), 7)).toBe(1);
  });

  it('passes 1 where doubtful pairs outnumber the matches', () => {
    expect(classOverlap(new Float64Array(100).fill(0.5), 10)).toBe(5);
  });
});
