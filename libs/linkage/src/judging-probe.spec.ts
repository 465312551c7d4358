import { atSize } from './judging-probe.js';

describe('seconds at a size', () => {
  it('lie on the line through two that were timed', () => {
    expect(atSize(1000, { size: 10, seconds: 3 }, { size: 110, seconds: 5 })).toBeCloseTo(3 + 990 * 0.02, 12);
  });

  it('are in proportion to it where one size was timed', () => {
    expect(atSize(50, { size: 10, seconds: 3 }, null)).toBeCloseTo(15, 12);
  });

  it('never fall with it, and are those of nothing where there is nothing', () => {
    expect(atSize(1000, { size: 10, seconds: 3 }, { size: 110, seconds: 2 })).toBe(3);
    expect(atSize(1000, { size: 0, seconds: 3 }, null)).toBe(3);
  });
});
