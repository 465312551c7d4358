import { createHmac, hkdfSync } from 'node:crypto';
import { blockText, type BlockRule } from './block-rules.js';
import { createReferenceBlockKeys } from './block-keys.js';
import { encodeRecords } from './encode-records.js';
import { segmentShapes } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import type { Role } from './roles.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => 3 * i);
const ROLES: Role[] = ['givenName', 'familyName', 'birthDate', 'sex'];
const SURNAME_YEAR: BlockRule = {
  name: 'surnameYear', parts: [{ role: 'familyName', take: 'soundex' }, { role: 'birthDate', take: 'year' }],
};
const INITIAL_DATE: BlockRule = {
  name: 'initialDate',
  parts: [{ role: 'givenName', take: 'letters', letters: 1 }, { role: 'birthDate', take: 'date' }],
};
const SPEC = parseEncodingSpec({
  kind: 'vinculum-encoding-spec', version: 1, name: 'blocks', profile: 'blocks',
  segments: [{ name: 'person', bits: 128, fields: ROLES.map((role) => ({ role })) }],
  blocks: [SURNAME_YEAR, INITIAL_DATE],
});

/** RFC 5869 and RFC 2104 as Node has them, for the same uses in the notation of `deriveKey`. */
function keyByNode(uses: readonly string[], text: string): string {
  const info = uses.map((use) => `${use.length}:${use}`).join('');
  const key = Buffer.from(hkdfSync('sha256', SECRET, Buffer.from('vinculum encoding 1'), Buffer.from(info), 32));
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 16);
}

describe('block keys', () => {
  it('are what HKDF and HMAC of Node give', () => {
    const keys = createReferenceBlockKeys(SPEC, SECRET, ROLES)(['Ána María', 'de la Washington', '31/05/1970', 'F']);
    expect(Buffer.from(keys).toString('hex')).toBe(
      keyByNode(['block', 'surnameYear', 'familyName soundex ', 'birthDate year '], 'W252\n1970')
      + keyByNode(['block', 'initialDate', 'givenName letters 1', 'birthDate date '], 'M\n19700531'));
  });

  it('are these, for this secret and this person', () => {
    const keys = createReferenceBlockKeys(SPEC, SECRET, ROLES)(['Ana', 'Müller', '1970-05-31', 'F']);
    expect(Buffer.from(keys).toString('hex')).toBe('019a2fe8c2cc61423867939406522310');
  });

  it('are missing where a part is, each rule by itself', () => {
    const keys = createReferenceBlockKeys(SPEC, SECRET, ROLES);
    expect(keys(['Ana', '', '1970-05-31', 'F']).subarray(0, 8)).toEqual(new Uint8Array(8));
    expect(keys(['Ana', '', '1970-05-31', 'F']).subarray(8)).not.toEqual(new Uint8Array(8));
    expect(keys(['Ana', 'Li', '1970', 'F']).subarray(8)).toEqual(new Uint8Array(8));
    expect(keys(['?', '-', '??', ''])).toEqual(new Uint8Array(16));
  });

  it('of two rules or two secrets have nothing in common, though they take the same', () => {
    const twice = { ...SPEC, blocks: [SURNAME_YEAR, { ...SURNAME_YEAR, name: 'other' }] };
    const values = ['Ana', 'Li', '1970', 'F'];
    const keys = createReferenceBlockKeys(twice, SECRET, ROLES)(values);
    const others = createReferenceBlockKeys(twice, SECRET.map((byte) => byte + 1), ROLES)(values);
    const hex = [keys.slice(0, 8), keys.slice(8), others.slice(0, 8), others.slice(8)]
      .map((key) => Buffer.from(key).toString('hex'));
    expect(new Set(hex).size).toBe(4);
  });

  it('stand behind the filters, as columns of their own', () => {
    const rows = [['Ana', 'Müller', '1970-05-31', 'F'], ['Anna', 'Mueler', '1970', ''], ['', '', '', '']];
    const extract = encodeRecords(SPEC, SECRET, { registerId: 'r', cardinality: 'unique' }, rows);
    expect(segmentShapes(SPEC)).toEqual([
      { name: 'person', bits: 128 }, { name: 'surnameYear', bits: 64, block: true },
      { name: 'initialDate', bits: 64, block: true },
    ]);
    const [, surnames, dates] = extract.segments.map(({ filters }) => Buffer.from(filters).toString('hex'));
    expect(extract.segments.map(({ block }) => block)).toEqual([undefined, true, true]);
    expect(surnames.slice(0, 16)).toBe(surnames.slice(16, 32));
    expect(surnames.slice(32)).toBe('0'.repeat(16));
    expect(dates.slice(16)).toBe('0'.repeat(32));
  });

  it('without the rules the filters are the same', () => {
    const { blocks, ...without } = SPEC;
    expect(blocks).toHaveLength(2);
    const rows = [['Ana', 'Müller', '1970-05-31', 'F']];
    const register = { registerId: 'r', cardinality: 'unique' } as const;
    expect(encodeRecords(without, SECRET, register, rows).segments)
      .toEqual(encodeRecords(SPEC, SECRET, register, rows).segments.slice(0, 1));
  });
});

describe('blockText', () => {
  const text = (parts: BlockRule['parts'], values: readonly string[], roles = ROLES): string =>
    blockText({ name: 'rule', parts }, roles, values);

  it.each<[BlockRule['parts'][number], string, string]>([
    [{ role: 'familyName', take: 'soundex' }, 'García Lopez', 'G620'],
    [{ role: 'familyName', take: 'soundex' }, 'LOPEZ-GARCIA', 'G620'],
    [{ role: 'familyName', take: 'letters', letters: 3 }, 'van der Berg', 'BER'],
    [{ role: 'familyName', take: 'letters', letters: 8 }, 'Li', 'LI'],
    [{ role: 'familyName', take: 'value' }, 'Garçía  Lopez', 'GARCIA LOPEZ'],
    [{ role: 'familyName', take: 'letters', letters: 4 }, 'Петров', 'PETR'],
    [{ role: 'familyName', take: 'letters', letters: 2 }, 'BBB AAA', 'AA'],
  ])('%j of %s', (part, value, expected) => {
    expect(text([part], ['', value, '', ''])).toBe(expected);
  });

  it('reads sexes and dates as the filters do', () => {
    expect(text([{ role: 'sex', take: 'value' }], ['', '', '', 'female'])).toBe('F');
    expect(text([{ role: 'sex', take: 'value' }], ['', '', '', 'unknown'])).toBe('');
    expect(text([{ role: 'birthDate', take: 'date' }], ['31', '1970', '5'], ['birthDay', 'birthYear', 'birthMonth'])).toBe('19700531');
    expect(text([{ role: 'birthDate', take: 'year' }], ['', '', '1970-05', ''])).toBe('1970');
    expect(text([{ role: 'birthDate', take: 'date' }], ['', '', '1970-05-00', ''])).toBe('');
  });
});
