import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chance } from '../support/encoded-extracts.js';

/** Records of the large files. */
export const RECORDS = 10_000;
const FIRST_OF_CHAIN = 2_000;

const SYLLABLES = 'ma ri lo ne sa tu ve ka do pi ber gan shi zur fel wan'.split(' ');

interface Person { readonly first: string; readonly last: string; readonly born: string }

const SAME: Person = { first: 'maria', last: 'berganshi', born: '1980-01-02' };
const NOBODY: Person = { first: '', last: '', born: '' };

/** What no register should deliver, as CSV files in a folder: id, first, last, born. */
export function writeGarbage(folder: string): void {
  const people = strangers(RECORDS);
  const write = (name: string, rows: readonly Person[]): void => {
    const lines = rows.map(({ first, last, born }, id) => `${id},${first},${last},${born}`);
    writeFileSync(join(folder, `${name}.csv`), `${['id,first,last,born', ...lines].join('\n')}\n`);
  };
  writeFileSync(join(folder, 'nothing.csv'), '');
  write('header', []);
  write('people', people);
  write('copy', people);
  write('same', Array<Person>(RECORDS).fill(SAME));
  write('same-again', Array<Person>(RECORDS).fill(SAME));
  write('half', people.map((person, n) => (n % 2 ? person : SAME)));
  write('blank', Array<Person>(RECORDS).fill(NOBODY));
  write('nameless', people.map(({ born }) => ({ ...NOBODY, born })));
  const chain = Array.from({ length: RECORDS + 6 }, (_, n) => linkOfChain(n));
  write('chain', chain.slice(0, RECORDS));
  write('chain-on', chain.slice(1, RECORDS + 1));
  for (let k = 0; k < 6; k++) write(`ring-${k}`, chain.slice(k, FIRST_OF_CHAIN + k));
}

function strangers(length: number): Person[] {
  const random = chance(3);
  const word = (syllables: number): string => Array.from({ length: syllables }, () =>
    SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('');
  const number = (from: number, to: number): string =>
    String(from + Math.floor(random() * (to - from))).padStart(2, '0');
  return Array.from({ length }, () => (
    { first: word(3), last: word(4), born: `${number(1930, 2010)}-${number(1, 13)}-${number(1, 13)}` }));
}

/** Names that count in syllables: each is like those around it, so that links lead from any to any. */
function linkOfChain(n: number): Person {
  const digit = (place: number): string => SYLLABLES[Math.floor(n / 16 ** place) % 16];
  return { first: `mari${digit(0)}`, last: `ber${digit(1)}${digit(2)}${digit(3)}`, born: SAME.born };
}
