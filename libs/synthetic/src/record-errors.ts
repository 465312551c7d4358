import { civilOf, dayOf, isoDate, isoParts, type Day } from './calendar.js';
import type { LatinName } from './documents.js';
import type { Person } from './person.js';
import type { RandomStream } from './random.js';
import { REFERENCE_DATE, type ErrorRates } from './settings.js';

/** Keys beside each other on a QWERTZ keyboard. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 'sq', b: 'vn', c: 'xv', d: 'sfe', e: 'wr', f: 'dgr', g: 'fht', h: 'gjz', i: 'uo', j: 'hku', k: 'jli', l: 'kö',
  m: 'n', n: 'bm', o: 'ip', p: 'o', q: 'wa', r: 'et', s: 'adw', t: 'rz', u: 'zi', v: 'cb', w: 'qe', x: 'yc', y: 'x',
  z: 'tu',
};

/** One slip: a neighbouring key, a lost letter, a doubled letter or two letters in each other's place. */
export function slip(random: RandomStream, text: string): string {
  const kind = random.weighted([40, 25, 15, 20]);
  const at = random.below(text.length);
  const letter = text[at] ?? '';
  if (text.length < 3 || letter === ' ' || letter === '-') return text;
  if (kind === 0) {
    const near = NEIGHBOURS[letter.toLowerCase()] ?? 'e';
    const typed = near[random.below(near.length)];
    const cased = letter === letter.toLowerCase() ? typed : typed.toUpperCase();
    return text.slice(0, at) + cased + text.slice(at + 1);
  }
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 2) return text.slice(0, at) + letter + text.slice(at);
  return at + 1 < text.length ? text.slice(0, at) + text[at + 1] + letter + text.slice(at + 2) : text;
}

/** Letters without their marks, as a form or an old system holds them. */
export function withoutMarks(text: string): string {
  return text.replace(/ß/gu, 'ss').replace(/[łŁđĐıøØæÆ]/gu, (letter) => BARE[letter])
    .normalize('NFD').replace(/\p{M}/gu, '');
}
const BARE: Readonly<Record<string, string>> = {
  ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'Ae',
};

export interface WrittenName {
  readonly given: string;
  readonly family: string;
}

/**
 * The name as this register's clerks put it down.
 *
 * @param finish the register's own last step (machine-readable letters, width); before slips of the keyboard.
 */
export function writeName(
  random: RandomStream, name: LatinName, person: Person, rates: ErrorRates,
  finish: (name: WrittenName) => WrittenName,
): WrittenName {
  const oneSurname = random.chance(rates.oneOfTwoSurnames);
  const firstOnly = random.chance(rates.middleNameDropped);
  const bare = random.chance(rates.diacriticsLost);
  const noGiven = random.chance(rates.givenNameMissing);
  const typed = random.chance(rates.typo);
  const typedFamily = random.chance(0.5);
  const swapped = random.chance(rates.swappedNames);
  // Spain is known by the father's name, which comes first, Portugal by the one that comes last.
  const main = person.culture === 'portuguese' ? name.family[name.family.length - 1] : name.family[0];
  let family = oneSurname ? main : name.family.join(' ');
  let given = noGiven ? '' : firstOnly ? name.given[0] : name.given.join(' ');
  if (bare) [given, family] = [withoutMarks(given), withoutMarks(family)];
  ({ given, family } = finish({ given, family }));
  if (typed && (typedFamily || given === '')) family = slip(random, family);
  else if (typed) given = slip(random, given);
  return swapped && given !== '' ? { given: family, family: given } : { given, family };
}

/** The date of birth as recorded; empty where it is missing. `openParts` writes unknown parts as `YYYY`. */
export function writeBirthDate(
  random: RandomStream, person: Person, rates: ErrorRates, openParts: boolean,
): string {
  const missing = random.chance(rates.birthDateMissing);
  const partMissing = random.chance(rates.birthPartMissing);
  const digit = random.chance(rates.birthDigit);
  const swapped = random.chance(rates.dayMonthSwapped);
  const kind = random.weighted([50, 20, 20, 10]);
  if (missing) return '';
  const { year, month, day } = civilOf(person.birth);
  if (partMissing) return openParts ? String(year) : isoParts(year, 1, 1);
  const known = person.birthdayUnknown ? { year, month: 1, day: 1 } : { year, month, day };
  if (digit) return isoDate(withWrongDigit(known, kind, person.birth));
  if (swapped && known.day <= 12) {
    return isoDate(sane(dayOf(known.year, known.day, known.month), person.birth));
  }
  return isoParts(known.year, known.month, known.day);
}

function withWrongDigit(date: { year: number; month: number; day: number }, kind: number, birth: Day): Day {
  const { year, month, day } = date;
  // Days above the 28th do not exist in every month.
  const kept = Math.min(28, day);
  if (kind === 0) return sane(dayOf(year, month, kept === 28 ? 27 : kept + 1), birth);
  if (kind === 1) return sane(dayOf(year, month === 12 ? 11 : month + 1, kept), birth);
  return sane(dayOf(year - (kind === 2 ? 1 : 10), month, kept), birth);
}

/** No register accepts a date of birth in its future. */
const sane = (day: Day, birth: Day): Day => (day > REFERENCE_DATE ? birth : day);

/** Sex as recorded. */
export function writeSex(random: RandomStream, person: Person, rates: ErrorRates): Person['sex'] {
  return random.chance(rates.sexWrong) ? (person.sex === 'F' ? 'M' : 'F') : person.sex;
}

/** A value, or empty with the chance of its being missing. */
export function heldOrEmpty(random: RandomStream, value: string, missing: number): string {
  return random.chance(missing) ? '' : value;
}

/** Day of the name that a register holds: a change since then was missed, or not. */
export function nameDayOf(random: RandomStream, day: Day, person: Person, rates: ErrorRates): Day {
  return random.chance(rates.nameChangeMissed) ? person.birth : day;
}
