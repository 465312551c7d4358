import { soundex } from './soundex.js';

describe('soundex', () => {
  // Examples of the National Archives and Records Administration's description, and of R. Knuth's book.
  it.each([
    ['WASHINGTON', 'W252'], ['LEE', 'L000'], ['GUTIERREZ', 'G362'], ['PFISTER', 'P236'], ['JACKSON', 'J250'],
    ['TYMCZAK', 'T522'], ['VANDEUSEN', 'V532'], ['ASHCRAFT', 'A261'], ['ROBERT', 'R163'], ['RUPERT', 'R163'],
    ['RUBIN', 'R150'], ['EULER', 'E460'], ['ELLERY', 'E460'], ['LUKASIEWICZ', 'L222'],
  ])('%s is %s', (word, code) => expect(soundex(word)).toBe(code));

  it('leaves what is not of the letters A to Z, and nothing', () => {
    expect(soundex('')).toBe('');
    expect(soundex('王')).toBe('王');
    expect(soundex('B2')).toBe('B2');
  });
});
