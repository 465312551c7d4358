import { completeDate, datePartsOf, readPartialDate, type PartialDate } from './date-tokens.js';
import type { Role } from './roles.js';
import { soundex } from './soundex.js';
import { exactToken, sexToken } from './text-tokens.js';
import { transliterate } from './transliteration.js';

/** A spec has at most so many rules, … */
export const MOST_BLOCK_RULES = 4;
/** … a rule so many parts, … */
export const MOST_BLOCK_PARTS = 4;
/** … and a part so many letters. */
export const MOST_BLOCK_LETTERS = 8;

/**
 * What a part takes of its field: `value` the whole of it, `soundex` and `letters` (the first ones) of its
 * longest word, `date` and `year` of the date of birth.
 */
export const BLOCK_TAKES = ['value', 'soundex', 'letters', 'date', 'year'] as const;
export type BlockTake = (typeof BLOCK_TAKES)[number];

const BIRTH_ROLES: readonly Role[] = ['birthDate', 'birthYear', 'birthMonth', 'birthDay'];

export interface BlockPart {
  /** A role that some filter holds; `birthDate` is the date of birth however the spec holds it. */
  readonly role: Role;
  readonly take: BlockTake;
  /** Of `letters`: how many, 1 to `MOST_BLOCK_LETTERS`. */
  readonly letters?: number;
}

/** Records whose parts are all equal share a block. */
export interface BlockRule {
  /** Unlike that of any segment or other rule. */
  readonly name: string;
  readonly parts: readonly BlockPart[];
}

/** Whether the roles of a spec's filters give a part its value. */
export function holdsBlockPart({ role }: Pick<BlockPart, 'role'>, roles: readonly Role[]): boolean {
  return roles.includes(role) || (role === 'birthDate' && roles.includes('birthYear'));
}

/** The roles of a spec that a part reads. */
export function rolesOfBlockPart({ role, take }: BlockPart, roles: readonly Role[]): Role[] {
  return take === 'date' || take === 'year' ? BIRTH_ROLES.filter((birth) => roles.includes(birth)) : [role];
}

/**
 * What a record's key of a rule is made of: its parts, a line each; '' where one of them is missing, so that
 * the record is in no block of the rule.
 *
 * @param roles of `values`, which are '' where they are missing.
 */
export function blockText({ parts }: BlockRule, roles: readonly Role[], values: readonly string[]): string {
  const texts = parts.map((part) => {
    const read = rolesOfBlockPart(part, roles);
    return takenOf(part, read, read.map((role) => values[roles.indexOf(role)] ?? ''));
  });
  return texts.includes('') ? '' : texts.join('\n');
}

/** What a part takes of the values of the roles that it reads, or '' where that is missing. */
export function takenOf(
  { role, take, letters = 1 }: BlockPart, read: readonly Role[], values: readonly string[],
): string {
  if (take === 'date' || take === 'year') return takenOfDate(take, birthDateOf(read, values));
  const [text] = values;
  if (take === 'value') return (role === 'sex' ? sexToken(text) : exactToken(text))[0] ?? '';
  const word = longestWord(transliterate(text));
  return take === 'soundex' ? soundex(word) : [...word].slice(0, letters).join('');
}

function takenOfDate(take: 'date' | 'year', { year, month, day }: PartialDate): string {
  const text = take === 'year' ? year : year + month + day;
  return text.includes('?') ? '' : text;
}

function birthDateOf(read: readonly Role[], values: readonly string[]): PartialDate {
  const value = (role: Role): string => values[read.indexOf(role)] ?? '';
  const parts = datePartsOf(value('birthYear'), value('birthMonth'), value('birthDay'));
  return completeDate(readPartialDate(value('birthDate')), parts);
}

/** Particles and order differ between registers; of equally long words the first by its letters. */
function longestWord(text: string): string {
  return text.split(' ').reduce((best, word) =>
    (word.length > best.length || (word.length === best.length && word < best) ? word : best), '');
}
