import { RemainingTime, spokenTime } from './remaining-time.js';

describe('RemainingTime', () => {
  it('says nothing before there is something to go by', () => {
    const remaining = new RemainingTime();
    expect(remaining.note(0, 500, 1_000)).toBeUndefined();
    expect(remaining.note(500, 600, 1_000)).toBeUndefined();
    expect(remaining.note(2_000, 600, 1_000)).toBe(8);
  });

  it('does not count what was there before this attempt', () => {
    const remaining = new RemainingTime();
    remaining.note(0, 900, 1_000);
    expect(remaining.note(10_000, 950, 1_000)).toBe(10);
  });

  it('follows the speed of the last half minute', () => {
    const remaining = new RemainingTime();
    for (let second = 0; second <= 60; second++) remaining.note(second * 1_000, second, 10_000);
    for (let second = 61; second <= 120; second++) {
      remaining.note(second * 1_000, 60 + (second - 60) * 100, 10_000);
    }
    expect(remaining.note(121_000, 6_160, 10_000)).toBe(39);
  });

  it('knows no end where nothing moves', () => {
    const remaining = new RemainingTime();
    remaining.note(0, 10, 100);
    expect(remaining.note(40_000, 10, 100)).toBeUndefined();
  });
});

describe('spokenTime', () => {
  it.each([[0, '0 seconds'], [1, '1 second'], [59, '59 seconds'], [60, '1 minute'], [200, '3 minutes'],
    [3_570, '1 hour'], [3_600, '1 hour'], [7_500, '2 hours 5 minutes']])('%d seconds are %s', (seconds, text) => {
    expect(spokenTime(seconds)).toBe(text);
  });
});
