import { ARABIC_LETTERS, ARABIC_SHADDA } from './arabic-letters.js';
import { CYRILLIC_LETTERS } from './cyrillic-letters.js';
import { GREEK_LETTERS, transliterateGreekPairs } from './greek-letters.js';
import { LATIN_LETTERS } from './latin-letters.js';

const LETTERS = new Map<string, string>(Object.entries({
  ...LATIN_LETTERS, ...CYRILLIC_LETTERS, ...GREEK_LETTERS, ...ARABIC_LETTERS,
}));

const PLAIN = /^[A-Z0-9 ]*$/;
const APOSTROPHES = /['`´ʹʻʼʽʾʿˈˊˋ‘’‛′＇]/gu;
const SEPARATORS = /[^\p{L}\p{N}\p{M}]+/gu;
const MARKS = /\p{M}+/gu;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const TEH_MARBUTA = '\u0629';

/**
 * Writes a name or an address the way a passport's machine-readable zone does (ICAO Doc 9303-3, section 6):
 * upper case A-Z, digits and single spaces. Apostrophes vanish; hyphens and all other
 * punctuation separate parts. Letters of scripts outside the standard's tables stay as they are, in
 * upper case, so that two registers that hold the same script still agree.
 *
 * @example transliterate('O’Brien-Müller') // 'OBRIEN MUELLER'
 */
export function transliterate(text: string): string {
  const upper = text.toUpperCase();
  if (PLAIN.test(upper)) return upper.replace(/ +/g, ' ').trim();
  const composed = text.normalize('NFKC').replace(/ß/g, 'ẞ').toUpperCase().normalize('NFC');
  const words = composed.replace(APOSTROPHES, '').replace(SEPARATORS, ' ').trim();
  return [...markedLetters(words)].map(transliterateWord).filter((word) => word !== '').join(' ');
}

function markedLetters(words: string): string[] {
  return words === '' ? [] : words.split(' ');
}

function transliterateWord(word: string): string {
  const greek = /\p{Script=Greek}/u.test(word) ? transliterateGreekPairs(withoutGreekAccents(word)) : word;
  const letters = [...greek];
  let latin = '';
  let previous = '';
  letters.forEach((letter, index) => {
    if (letter === ARABIC_SHADDA) {
      latin += previous;
      return;
    }
    previous = letter === TEH_MARBUTA && index < letters.length - 1 ? 'XTA' : transliterateLetter(letter);
    latin += previous;
  });
  return latin;
}

/**
 * A diaeresis (Ϊ, Ϋ) says that two vowels are no pair, so it stays on its letter until the pairs are read.
 */
function withoutGreekAccents(word: string): string {
  return word.normalize('NFD').replace(/[\u0300\u0301\u0342\u0313\u0314\u0345]/gu, '').normalize('NFC');
}

function transliterateLetter(letter: string): string {
  const known = LETTERS.get(letter);
  if (known !== undefined) return known;
  if (letter >= '0' && letter <= '9') return letter;
  const base = letter.normalize('NFKD').replace(MARKS, '');
  if (base === '') return '';
  if (base === letter) return LETTER_OR_DIGIT.test(letter) ? letter : '';
  return [...base].map((part) => LETTERS.get(part) ?? part).join('').normalize('NFC');
}
