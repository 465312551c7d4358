const CODE_LENGTH = 4;
/** Groups of consonants that sound alike; vowels are in none. */
const GROUPS = ['BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R'];
const DIGITS = new Map(GROUPS.flatMap((letters, group) =>
  [...letters].map((letter): [string, string] => [letter, String(group + 1)])));

/**
 * American Soundex as the census of the United States has used it (National Archives and Records
 * Administration, "Soundex System", 2007): first letter and three digits. Letters of one group count once
 * where nothing, an H or a W stands between them, and twice where a vowel does.
 *
 * @param word letters A to Z; a word with any other character is its own code.
 */
export function soundex(word: string): string {
  if (!/^[A-Z]+$/.test(word)) return word;
  let code = word[0];
  let last = DIGITS.get(word[0]) ?? '';
  for (let i = 1; i < word.length && code.length < CODE_LENGTH; i++) {
    if (word[i] === 'H' || word[i] === 'W') continue;
    const digit = DIGITS.get(word[i]) ?? '';
    if (digit !== last) code += digit;
    last = digit;
  }
  return code.padEnd(CODE_LENGTH, '0');
}
