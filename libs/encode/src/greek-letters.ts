/**
 * Greek as the passports of Greece and Cyprus print it: ELOT 743 (ISO 843 type 2). Pairs come before single
 * letters. ΑΥ, ΕΥ, ΗΥ are AF, EF, IF before an unvoiced consonant and at the end of a word.
 */
export const GREEK_LETTERS: Readonly<Record<string, string>> = {
  Α: 'A', Β: 'V', Γ: 'G', Δ: 'D', Ε: 'E', Ζ: 'Z', Η: 'I', Θ: 'TH', Ι: 'I', Κ: 'K', Λ: 'L', Μ: 'M', Ν: 'N', Ξ: 'X',
  Ο: 'O', Π: 'P', Ρ: 'R', Σ: 'S', Τ: 'T', Υ: 'Y', Φ: 'F', Χ: 'CH', Ψ: 'PS', Ω: 'O', ς: 'S',
};

const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/ΟΥ/g, 'OU'], [/ΓΓ/g, 'NG'], [/ΓΞ/g, 'NX'], [/ΓΧ/g, 'NCH'],
  [/(^|[^\p{L}])ΜΠ/gu, '$1B'], [/ΜΠ(?![\p{L}])/gu, 'B'],
];
const DIPHTHONG = /([ΑΕΗ])Υ(?=([ΘΚΞΠΣΤΦΧΨς]|[^\p{L}]|$)|)/gu;
const DIPHTHONG_VOWEL: Readonly<Record<string, string>> = { Α: 'A', Ε: 'E', Η: 'I' };

/** Replaces the letter pairs of ELOT 743 in upper-case Greek without accents. */
export function transliterateGreekPairs(upper: string): string {
  const text = PAIRS.reduce((done, [pair, latin]) => done.replace(pair, latin), upper);
  return text.replace(DIPHTHONG, (_match, vowel: string, unvoiced: string | undefined) =>
    DIPHTHONG_VOWEL[vowel] + (unvoiced === undefined ? 'V' : 'F'));
}
