import { createClkhashEncoder, parseClkhashSchema } from '#libs/encode';
import type { EncodedExtract } from '#libs/record';

/*
 * Two invented registers as filters: Zipf given names (3,500) and surnames (30,000, the commonest at about
 * 1 %) of syllables, birth date and sex; padded bigrams and positional digits, 25 positions a token, 1024
 * bits. Half of the second register are people of the first one, with no to three typing errors.
 */

const BITS = 1024;
const SURNAMES = 30_000;
const GIVEN_NAMES = 3_500;
/** Mandelbrot's shift: with exponent 1 it leaves about 1 % to the commonest of 30,000 names. */
const ZIPF_SHIFT = 12.5;
const DIFFUSION_INPUTS = 10;

const SCHEMA = parseClkhashSchema({
  version: 3,
  clkConfig: { l: BITS, kdf: { type: 'HKDF', hash: 'SHA256', salt: 'c2FsdA==', info: '', keySize: 64 } },
  features: [
    { identifier: 'given_name', format: { type: 'string', encoding: 'utf-8' }, hashing: tokens(2, false) },
    { identifier: 'surname', format: { type: 'string', encoding: 'utf-8' }, hashing: tokens(2, false) },
    { identifier: 'birth_date', format: { type: 'string', encoding: 'utf-8' }, hashing: tokens(1, true) },
    { identifier: 'sex', format: { type: 'string', encoding: 'utf-8' }, hashing: tokens(1, false) },
  ],
});

function tokens(n: number, positional: boolean): object {
  return {
    comparison: { type: 'ngram', n, positional }, strategy: { bitsPerToken: 25 }, hash: { type: 'blakeHash' },
  };
}

type Person = readonly [givenName: string, surname: string, birthDate: string, sex: string];

export interface RegisterFilters {
  readonly a: EncodedExtract;
  readonly b: EncodedExtract;
}

/** Plain filters of two registers of `records` people each. */
export function registerFilters(records: number, seed: number): RegisterFilters {
  const random = numbers(seed);
  const [givenName, surname] = [nameLottery(GIVEN_NAMES, random), nameLottery(SURNAMES, random)];
  const person = (): Person => [givenName(), surname(), birthDate(random), random() < 0.5 ? 'f' : 'm'];
  const first = Array.from({ length: records }, person);
  const second = first.map((original, row) => (row % 2 === 0 ? retyped(original, random) : person()));
  const encoder = createClkhashEncoder(SCHEMA, Uint8Array.from({ length: 32 }, (_, k) => k));
  const encode = (registerId: string, people: readonly Person[]): EncodedExtract => {
    const filters = new Uint8Array((people.length * BITS) / 8);
    people.forEach((values, row) => {
      const filter = encoder.encode(values);
      if (!(filter instanceof Uint8Array)) throw new Error('a row of the bench was refused');
      filters.set(filter, (row * BITS) / 8);
    });
    return extract(registerId, people.length, filters);
  };
  return { a: encode('first', first), b: encode('second', second) };
}

/** The same filters after diffusion: every bit the XOR of ten, drawn once for all. */
export function diffusedFilters({ a, b }: RegisterFilters, seed: number): RegisterFilters {
  const random = numbers(seed);
  const inputs = Uint16Array.from({ length: BITS * DIFFUSION_INPUTS }, () => Math.floor(random() * BITS));
  const harden = ({ registerId, records, segments: [{ filters }] }: EncodedExtract): EncodedExtract => {
    const hardened = new Uint8Array(filters.length);
    const bits = new Uint8Array(BITS);
    for (let at = 0; at < filters.length; at += BITS / 8) {
      for (let bit = 0; bit < BITS; bit++) bits[bit] = (filters[at + (bit >> 3)] >> (7 - (bit & 7))) & 1;
      for (let bit = 0, k = 0; bit < BITS; bit++) {
        let sum = 0;
        for (const end = k + DIFFUSION_INPUTS; k < end; k++) sum ^= bits[inputs[k]];
        hardened[at + (bit >> 3)] |= sum << (7 - (bit & 7));
      }
    }
    return extract(registerId, records, hardened);
  };
  return { a: harden(a), b: harden(b) };
}

function extract(registerId: string, records: number, filters: Uint8Array): EncodedExtract {
  return {
    registerId, cardinality: 'unique', records, segments: [{ name: 'person', bits: BITS, filters }],
  };
}

/** Xorshift, George Marsaglia 2003, in [0, 1). */
function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** Draws one of `count` invented names, Zipf-Mandelbrot distributed. */
function nameLottery(count: number, random: () => number): () => string {
  const names = new Set<string>();
  while (names.size < count) names.add(inventedName(random));
  const list = [...names];
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulative[rank] = sum += 1 / (rank + 1 + ZIPF_SHIFT);
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return list[low];
  };
}

const CONSONANTS = 'nrstlmkdbvghpjfzcw';
const VOWELS = 'aeiouy';

/** Three to eleven letters, early letters of each list more often than late ones. */
function inventedName(random: () => number): string {
  const letter = (from: string): string => from[Math.floor(random() ** 1.7 * from.length)];
  const length = 3 + Math.floor(random() * 9);
  let name = '';
  while (name.length < length) name += letter(CONSONANTS) + letter(VOWELS) + (random() < 0.3 ? letter('nrsl') : '');
  return name.slice(0, length);
}

function birthDate(random: () => number): string {
  const year = 1930 + Math.floor(random() * 90);
  const twoDigits = (most: number): string => String(1 + Math.floor(random() * most)).padStart(2, '0');
  return `${year}${twoDigits(12)}${twoDigits(28)}`;
}

function retyped(person: Person, random: () => number): Person {
  const values = [...person] as [string, string, string, string];
  const errors = Math.floor(random() * 4);
  for (let k = 0; k < errors; k++) {
    const field = Math.floor(random() * 3);
    const place = Math.floor(random() * values[field].length);
    const letters = field === 2 ? '0123456789' : CONSONANTS;
    const typed = letters[Math.floor(random() * letters.length)];
    values[field] = values[field].slice(0, place) + typed + values[field].slice(place + 1);
  }
  return values;
}
