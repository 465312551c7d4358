import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseDisclosurePolicy, perturbationTableOf, protect, recordKeyFunction, type CountTable,
} from './index.js';

const file = join(__dirname, '..', '..', '..', 'config', 'disclosure', 'default.json');
const policy = parseDisclosurePolicy(JSON.parse(readFileSync(file, 'utf8')));
const perturbation = perturbationTableOf(policy);

const dimensions = [{ id: 'CITIZENSHIP_GRP', codes: ['NAT', 'STLS', '_T'] }];
const table = (counts: Record<string, number>, key = 2 ** 31): CountTable => ({
  dimensions, cells: Object.entries(counts).map(([code, count]) => ({ codes: [code], count, cellKey: key })),
});

describe('protect', () => {
  it('keeps an empty cell at 0, whatever its key', () => {
    expect(protect(table({ NAT: 0 }, 0), policy, perturbation).cells[0])
      .toEqual({ codes: ['NAT'], value: 0, obsStatus: 'A', confStatus: 'F' });
  });

  it.each([1, 2, 3, 4])('suppresses a cell of %i', (count) => {
    for (const key of [0, 2 ** 30, 2 ** 31, 2 ** 32 - 1]) {
      expect(protect(table({ NAT: count }, key), policy, perturbation).cells[0])
        .toEqual({ codes: ['NAT'], value: null, obsStatus: 'Q', confStatus: 'A' });
    }
  });

  it('suppresses a large enough cell whose perturbed value is small, with the same reason', () => {
    const small = protect(table({ NAT: 5 }, 2 ** 30), policy, perturbation);
    const tiny = protect(table({ NAT: 1 }, 2 ** 30), policy, perturbation);
    expect(small.cells[0].value).toBeNull();
    expect(small.decisions).toEqual(tiny.decisions);
  });

  it('takes the higher minimum count of a vulnerable group', () => {
    const release = protect(table({ NAT: 9, STLS: 9 }), policy, perturbation);
    expect(release.cells.map(({ value }) => value === null)).toEqual([false, true]);
    expect(release.decisions).toContainEqual({
      action: 'suppress', reason: 'minimum-count', codes: ['STLS'], minimumCount: 10,
    });
  });

  it('lets neither count nor key nor noise out', () => {
    const release = protect(table({ NAT: 1234567, _T: 7654321 }, 987654321), policy, perturbation);
    for (const cell of release.cells) {
      expect(Object.keys(cell).sort()).toEqual(['codes', 'confStatus', 'obsStatus', 'value']);
    }
    expect(JSON.stringify(release)).not.toContain('987654321');
  });

  it('refuses a table that is not rectangular, a bad cell and another perturbation table', () => {
    expect(() => protect(table({ XXX: 5 }), policy, perturbation)).toThrow(/cell 1/);
    const twice: CountTable = { dimensions, cells: [...table({ NAT: 5 }).cells, ...table({ NAT: 5 }).cells] };
    expect(() => protect(twice, policy, perturbation)).toThrow(/cell 2/);
    expect(() => protect(table({ NAT: 5 }, -1), policy, perturbation)).toThrow(/cell key/);
    expect(() => protect(table({ NAT: 1.5 }), policy, perturbation)).toThrow(/whole number/);
    const other = { ...perturbation, blocks: perturbation.blocks.slice(1) };
    expect(() => protect(table({ NAT: 5 }), policy, other)).toThrow(/perturbation table/);
  });
});

describe('recordKeyFunction', () => {
  it('takes the first 32 bits of HMAC-SHA-256', () => {
    const secret = new TextEncoder().encode('test-record-key-secret-0000000001');
    expect(recordKeyFunction(secret)('person-0001')).toBe(2941420615);
    expect(recordKeyFunction(secret)(17)).toBe(recordKeyFunction(secret)('17'));
  });

  it('refuses a short secret', () => {
    expect(() => recordKeyFunction(new Uint8Array(31))).toThrow(/32 bytes/);
  });
});
