import { seededRandom } from '#libs/block';

/** Given name, family name, birth date (YYYY-MM-DD), sex. */
export type Row = readonly [givenName: string, familyName: string, birthDate: string, sex: string];

/**
 * Registers of `records` people each, of whom the first half (by person number) are in all of them: the
 * common half has 0 to 3 slips of the pen in every register but the first. Rows lie in an order that tells
 * nothing. Every row is a function of (seed, register, row), so that nothing has to be kept.
 */
export interface BenchRegisters {
  row(register: number, row: number): Row;
  /** Person of a row: the same number in two registers is the same person. */
  readonly person: (register: number, row: number) => number;
}

const GIVEN_NAMES = 3500;
const FAMILY_NAMES = 30000;
/** Zipf with an offset: the commonest given name has 2.2 %, the commonest family name 1 %. */
const OFFSET_OF_GIVEN_NAMES = 6;
const OFFSET_OF_FAMILY_NAMES = 12;
const MOST_SLIPS = 3;
/** A slip is in the given name, the family name or the birth date with these shares. */
const SLIPS_IN_GIVEN_NAME = 0.4;
const SLIPS_IN_FAMILY_NAME = 0.8;
const FIRST_BIRTH_DAY = Date.UTC(1930, 0, 1);
const BIRTH_DAYS = 29220;
const DAY = 86_400_000;

export function benchRegisters(records: number, seed: number): BenchRegisters {
  const givenNames = names(GIVEN_NAMES, seed + 1);
  const familyNames = names(FAMILY_NAMES, seed + 2);
  const ofGivenNames = cumulativeShares(GIVEN_NAMES, OFFSET_OF_GIVEN_NAMES);
  const ofFamilyNames = cumulativeShares(FAMILY_NAMES, OFFSET_OF_FAMILY_NAMES);
  const half = Math.floor(records / 2);
  const orders = new Map<number, Order>();
  const orderOf = (register: number): Order => {
    const known = orders.get(register) ?? order(records, seed + 17 * register);
    orders.set(register, known);
    return known;
  };
  const person = (register: number, row: number): number => {
    const place = orderOf(register)(row);
    return place < half ? place : half + register * (records - half) + (place - half);
  };
  return {
    person,
    row(register, row) {
      const number = person(register, row);
      const random = seededRandom(mixed(seed, number));
      const fields = [
        givenNames[place(ofGivenNames, random())], familyNames[place(ofFamilyNames, random())],
        new Date(FIRST_BIRTH_DAY + Math.floor(random() * BIRTH_DAYS) * DAY).toISOString().slice(0, 10),
      ] as [string, string, string];
      const sex = random() < 0.5 ? 'F' : 'M';
      if (register > 0 && number < half) addSlips(fields, seededRandom(mixed(seed + 1 + register, number)));
      return [...fields, sex];
    },
  };
}

type Order = (row: number) => number;

/** A permutation of 0..n-1 by a multiplier without a common divisor. */
function order(n: number, seed: number): Order {
  let multiplier = Math.floor(n * 0.618) + 2 * (seed % 97) + 1;
  while (divisor(multiplier, n) !== 1) multiplier++;
  const offset = mixed(seed, n) % n;
  return (row) => (row * multiplier + offset) % n;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function mixed(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

const ONSETS = 'b c ch d f g h j k l m n p r s sh st t tr v w z br gr kr'.split(' ');
const VOWELS = 'a e i o u ai ei ou'.split(' ');
const CODAS = ['', '', '', 'n', 'r', 's', 'l', 'm', 'nd', 'ck'];

/** Distinct names of two to four syllables. */
function names(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const pick = (parts: readonly string[]): string => parts[Math.floor(random() * parts.length)];
  const found = new Set<string>();
  while (found.size < count) {
    const syllables = 2 + Math.floor(random() ** 1.5 * 3);
    let name = '';
    for (let s = 0; s < syllables; s++) name += pick(ONSETS) + pick(VOWELS);
    name += pick(CODAS);
    found.add(name);
  }
  return Array.from(found);
}

function cumulativeShares(count: number, offset: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) sums[k] = sum += 1 / (k + 1 + offset);
  return sums.map((value) => value / sum);
}

/** First place whose cumulative share exceeds `at`. */
function place(shares: Float64Array, at: number): number {
  let low = 0;
  let high = shares.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shares[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function addSlips(fields: [string, string, string], random: () => number): void {
  const slips = Math.floor(random() * (MOST_SLIPS + 1));
  for (let slip = 0; slip < slips; slip++) {
    const where = random();
    if (where < SLIPS_IN_GIVEN_NAME) fields[0] = slipInName(fields[0], random);
    else if (where < SLIPS_IN_FAMILY_NAME) fields[1] = slipInName(fields[1], random);
    else fields[2] = slipInDate(fields[2], random);
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A letter lost, added, replaced, or swapped with the next. */
function slipInName(name: string, random: () => number): string {
  const at = Math.floor(random() * name.length);
  const letter = LETTERS[Math.floor(random() * LETTERS.length)];
  const kind = Math.floor(random() * 4);
  if (kind === 0 && name.length > 2) return name.slice(0, at) + name.slice(at + 1);
  if (kind === 1) return name.slice(0, at) + letter + name.slice(at);
  if (kind === 2 && at + 1 < name.length) {
    return name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2);
  }
  return name.slice(0, at) + letter + name.slice(at + 1);
}

/** Another day, month or year: a real date. */
function slipInDate(date: string, random: () => number): string {
  const [year, month, day] = date.split('-').map(Number);
  const part = Math.floor(random() * 3);
  const changed = [
    part === 0 ? 1930 + ((year - 1930 + 1 + Math.floor(random() * 78)) % 80) : year,
    part === 1 ? 1 + ((month + Math.floor(random() * 11)) % 12) : month,
    part === 2 ? 1 + ((day + Math.floor(random() * 27)) % 28) : Math.min(day, 28),
  ];
  return changed.map((value, k) => String(value).padStart(k === 0 ? 4 : 2, '0')).join('-');
}
