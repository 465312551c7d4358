import { transliterate } from './transliteration.js';

/**
 * Padded bigrams of each part of a text after transliteration; the pad is `_`. As a set, so that
 * the order of the parts, their number of repetitions and the column they stood in do not matter.
 *
 * @example wordBigrams('Ana-Li') // ['_A', 'AN', 'NA', 'A_', '_L', 'LI', 'I_']
 */
export function wordBigrams(text: string): string[] {
  const tokens: string[] = [];
  const parts = transliterate(text).split(' ');
  for (const part of parts) {
    if (part === '') continue;
    const letters = ['_', ...part, '_'];
    for (let i = 1; i < letters.length; i++) tokens.push(letters[i - 1] + letters[i]);
  }
  return tokens;
}

/** The whole value as one token after transliteration; nothing for an empty value. */
export function exactToken(text: string): string[] {
  const value = transliterate(text);
  return value === '' ? [] : [value];
}

const SEX_WORDS: Readonly<Record<string, string>> = {
  M: 'M', MALE: 'M', MAN: 'M', F: 'F', FEMALE: 'F', WOMAN: 'F',
};
const SEX_NOT_STATED = ['U', 'N', 'UNK', 'UNKNOWN'];

/** One token, `M` and `F` for the usual English words; codes for "unknown" and "not stated" are missing. */
export function sexToken(text: string): string[] {
  const tokens = exactToken(text).filter((token) => !SEX_NOT_STATED.includes(token));
  return tokens.map((token) => SEX_WORDS[token] ?? token);
}

/**
 * Numbers of telephones and documents and postal codes: punctuation and spaces away, then padded bigrams,
 * each once with its position and once without. A wrong character spoils few tokens, and an
 * inserted one spoils only the positioned half behind it.
 */
export function positionedBigrams(text: string): string[] {
  const characters = [...transliterate(text).replace(/ /g, '')];
  if (characters.length === 0) return [];
  const padded = ['_', ...characters, '_'];
  const tokens: string[] = [];
  for (let i = 1; i < padded.length; i++) {
    const bigram = padded[i - 1] + padded[i];
    tokens.push(bigram, `${i}:${bigram}`);
  }
  return tokens;
}
