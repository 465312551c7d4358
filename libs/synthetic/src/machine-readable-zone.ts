import type { NameCultureId } from './name-cultures.js';

/**
 * Name field of a TD3 passport: 39 characters, two of them between the identifiers (ICAO Doc 9303 part 4).
 */
const NAME_FIELD_LENGTH = 39;
const SEPARATOR_LENGTH = 2;

/** ICAO Doc 9303 part 3, section 6 A: letters that do not lose their mark but change. */
const SPELLED_OUT: Readonly<Record<string, string>> = {
  Ä: 'AE', Ö: 'OE', Ü: 'UE', ß: 'SS', ẞ: 'SS', Å: 'AA', Æ: 'AE', Ø: 'OE', Œ: 'OE', Þ: 'TH', Ð: 'D', Đ: 'D', Ł: 'L',
  Ħ: 'H', İ: 'I', ı: 'I', Ŧ: 'T', Ŋ: 'N', Ĳ: 'IJ',
};
/** The standard leaves Ä, Ö, Ü to the state; those that are not German speaking drop the dots. */
const DOTS_DROPPED: Readonly<Record<string, string>> = { Ä: 'A', Ö: 'O', Ü: 'U' };

/** A name as the machine-readable zone of a passport writes it: A-Z and single blanks. */
export function machineReadable(name: string, culture: NameCultureId): string {
  const dots = culture === 'german' ? {} : DOTS_DROPPED;
  let text = '';
  for (const letter of name.normalize('NFC').toUpperCase()) {
    text += (dots)[letter] ?? SPELLED_OUT[letter] ?? letter;
  }
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/['’ʼ.]/gu, '').replace(/[^A-Z]+/gu, ' ').trim();
}

/**
 * Surname and given names cut to the zone's width as the standard asks: given names lose their end first,
 * and the surname only where at least one letter of a given name would not fit.
 */
export function fitNameField(family: string, given: string): { family: string; given: string } {
  const room = NAME_FIELD_LENGTH - SEPARATOR_LENGTH;
  const keptFamily = family.slice(0, given === '' ? NAME_FIELD_LENGTH : room - 1).trim();
  return { family: keptFamily, given: given.slice(0, Math.max(0, room - keptFamily.length)).trim() };
}
