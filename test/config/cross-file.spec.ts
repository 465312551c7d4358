import { createHash } from 'node:crypto';
import {
  compareColumns, defaultSpecForRoles, encodeRecords, RowBlockRisk, worstAgreement,
  type ColumnAgreement, type ColumnSample,
} from '#libs/encode';
import { synthesize } from '#libs/synthetic';

const SPEC = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']);
const PEOPLE = [...synthesize({ people: 2400, seed: 5 })]
  .flatMap(({ records }) => records.filter(({ registerId }) => registerId === 'population-register'))
  .map(({ givenNames, familyName, birthDate, sex }) => [givenNames, familyName, birthDate, sex]);
const HALF = Math.floor(PEOPLE.length / 2);

const keyOf = (name: string): Buffer => createHash('sha256').update(name).digest();

/** Columns of different people, so that nothing rests on anybody being in both. */
function columns(
  people: readonly string[][], key: string, change: (filter: Uint8Array) => void = () => undefined,
): ColumnSample[] {
  const { segments, records } = encodeRecords(SPEC, keyOf(key), { registerId: 'r', cardinality: 'unique' }, people);
  const risk = new RowBlockRisk(segments, records);
  for (let row = 0; row < records; row++) {
    const filters = segments.map(({ filters: all, bits }) => {
      const filter = Uint8Array.from(all.subarray((row * bits) / 8, ((row + 1) * bits) / 8));
      change(filter);
      return filter;
    });
    risk.add(Uint8Array.from(Buffer.concat([Buffer.alloc(16), ...filters])));
  }
  return risk.columnShares().map((shares) => ({ shares, rows: risk.countedRows }));
}

function verdict(a: readonly ColumnSample[], b: readonly ColumnSample[]): ColumnAgreement {
  return worstAgreement(a.map((sample, s) => compareColumns(sample, b[s]).agreement));
}

const turnedByte = (byte: number): number =>
  parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);

describe('compareColumns', () => {
  const first = columns(PEOPLE.slice(0, HALF), 'key');

  it('knows one key by different people', () => {
    const second = columns(PEOPLE.slice(HALF), 'key');
    expect(verdict(first, second)).toBe('same');
    expect(verdict(first, columns(PEOPLE.slice(HALF, HALF + 500), 'key'))).toBe('same');
  });

  it('knows different keys, even of the same people', () => {
    expect(verdict(first, columns(PEOPLE.slice(0, HALF), 'another key'))).toBe('different');
  });

  it.each<[string, (filter: Uint8Array) => void]>([
    ['bits within bytes', (filter) => filter.forEach((byte, i) => { filter[i] = turnedByte(byte); })],
    ['bytes within filters', (filter) => filter.reverse()],
    ['bits within filters', (filter) => {
      filter.reverse().forEach((byte, i) => { filter[i] = turnedByte(byte); });
    }],
  ])('knows %s that were turned around', (_name, change) => {
    expect(verdict(first, columns(PEOPLE.slice(HALF), 'key', change))).toBe('other-bit-order');
  });

  it('knows random bits', () => {
    let draws = 0;
    const noise = columns(PEOPLE.slice(HALF), 'key', (filter) => {
      for (let at = 0; at < filter.length; at += 32) {
        filter.set(createHash('sha256').update(String(draws++)).digest(), at);
      }
    });
    expect(verdict(first, noise)).toBe('different');
  });

  it('says nothing where there is too little to see', () => {
    expect(compareColumns({ shares: [0.5, 0.5], rows: 1 }, { shares: [0.5, 0.5], rows: 9 }).agreement).toBe('unclear');
    const flat = { shares: new Float64Array(512).fill(0.5), rows: 5_000 };
    expect(compareColumns(flat, flat)).toEqual({ agreement: 'unclear', observed: 0, expected: 0 });
    const few = columns(PEOPLE.slice(0, 40), 'key');
    expect(verdict(few, columns(PEOPLE.slice(40, 80), 'another key'))).toBe('unclear');
  });
});
