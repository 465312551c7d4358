import { ageBand, categoryOf } from './quality-groups.js';

describe('groups that quality is told by', () => {
  it('are the values there are, sorted, through all extracts', () => {
    expect(categoryOf('sex', [['M', '', 'F'], ['F', 'X']])).toEqual({
      name: 'sex', groups: ['F', 'M', 'X'], groupOf: [Uint16Array.of(2, 0, 1), Uint16Array.of(1, 3)],
    });
  });

  it.each([
    ['1990-05', '2025-05-01', '25-44'], ['2010-06', '2025-05-31', '0-14'], ['2010-05', '2025-05-01', '15-24'],
    ['1950', '2025-01-01', '65+'], ['1960', '2024-12-31', '45-64'], ['', '2025-01-01', ''], ['2026-01', '2025-01-01', ''],
  ])('a birth in %s is at %s in the band %s', (birth, date, band) => {
    expect(ageBand(birth, date)).toBe(band);
  });
});
