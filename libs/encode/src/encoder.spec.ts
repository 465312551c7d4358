import { defaultSpecForRoles } from './default-spec.js';
import { createEncoder } from './encoder.js';
import { encodeRecords } from './encode-records.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import type { Role } from './roles.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const ROLES: Role[] = ['givenName', 'familyName', 'birthDate', 'sex', 'phone', 'identifier'];
const SPEC = defaultSpecForRoles(ROLES);
const NAME = SPEC.segments.findIndex(({ name }) => name === 'name');

function encode(values: Partial<Record<Role, string>>, secret = SECRET): Uint8Array[] {
  const encoder = createEncoder(SPEC, secret);
  const out = new Uint8Array(encoder.recordBytes);
  encoder.encode(encoder.roles.map((role) => values[role] ?? ''), out, 0);
  let at = 0;
  return SPEC.segments.map(({ bits }) => out.slice(at, (at += bits / 8)));
}

function ones(filter: Uint8Array): number {
  return filter.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}

function dice(left: Uint8Array, right: Uint8Array): number {
  return (2 * ones(left.map((byte, i) => byte & right[i]))) / (ones(left) + ones(right));
}

describe('createEncoder', () => {
  const ana = encode({ givenName: 'Ana María', familyName: 'Gómez', birthDate: '1970-05-12', sex: 'F' });

  it('is the same for swapped, split, accented and repeated name parts', () => {
    for (const names of [
      { givenName: 'Gomez', familyName: 'ANA MARIA' }, { givenName: 'ana-maría gómez', familyName: '' },
      { givenName: 'María Ana', familyName: 'Gómez Gómez' },
    ]) expect(encode(names)[NAME]).toEqual(ana[NAME]);
  });

  it('fills half of a diffused filter and leaves unrelated people near chance', () => {
    const bob = encode({ givenName: 'Bjørn', familyName: 'Kovačević', birthDate: '1988-11-30', sex: 'M' });
    expect(ones(ana[NAME]) / 2048).toBeGreaterThan(0.4);
    expect(ones(ana[NAME]) / 2048).toBeLessThan(0.6);
    expect(dice(ana[NAME], bob[NAME])).toBeLessThan(0.6);
  });

  it('leaves a segment without any token all zero, diffusion or not', () => {
    const empty = encode({ givenName: ' - ', familyName: '', birthDate: 'saJi' });
    expect(empty.map(ones)).toEqual(SPEC.segments.map(() => 0));
  });

  it('gives unrelated filters under another secret, and equal ones under an equal secret', () => {
    const other = encode({ givenName: 'Ana María', familyName: 'Gómez' }, new Uint8Array(32).fill(7));
    expect(dice(other[NAME], ana[NAME])).toBeLessThan(0.6);
    expect(encode({ givenName: 'Ana María', familyName: 'Gómez' }, SECRET.slice())[NAME]).toEqual(ana[NAME]);
  });

  it('refuses a short secret, a wrong number of values and too little room', () => {
    expect(() => createEncoder(SPEC, new Uint8Array(31))).toThrow(/at least 32 bytes, got 31/);
    const encoder = createEncoder(SPEC, SECRET);
    expect(() => encoder.encode(['x'], new Uint8Array(1000), 0)).toThrow(RangeError);
    expect(() => encoder.encode(encoder.roles.map(() => ''), new Uint8Array(10), 0)).toThrow(RangeError);
    const out = new Uint8Array(2 * encoder.recordBytes);
    const row = encoder.roles.map(() => 'a');
    for (const act of [
      () => encoder.encodeRows([row, ['x']], out, 0), () => encoder.encodeRows([row, row], out, 1),
      () => encoder.encodeRows([row], out, -1),
      () => encoder.encodeRows([row], out, 0, encoder.recordBytes - 1),
    ]) expect(act).toThrow(RangeError);
    expect(out.every((byte) => byte === 0)).toBe(true);
    encoder.encodeRows([], out, 0);
  });

  it('asks for randomness where the spec adds noise', () => {
    const noisy = parseEncodingSpec({
      ...SPEC, segments: [{ ...SPEC.segments[0], hardening: [{ type: 'blip', f: 0.1 }] }],
    });
    expect(() => createEncoder(noisy, SECRET)).toThrow(expect.objectContaining({ code: 'RANDOMNESS_MISSING' }));
  });
});

describe('encodeRecords', () => {
  it('packs the filters of each segment row after row', () => {
    const rows = [['Ana', 'Gómez', '1970', 'F', '', ''], ['', '', '', '', '', ''], ['Bo', 'Li', '', '', '1', '2']];
    const extract = encodeRecords(SPEC, SECRET, { registerId: 'permits', cardinality: 'many' }, rows);
    expect(extract).toMatchObject({ registerId: 'permits', cardinality: 'many', records: 3 });
    rows.forEach((values, row) => {
      const filters = encode(Object.fromEntries(ROLES.map((role, i) => [role, values[i]])));
      extract.segments.forEach(({ bits, filters: packed }, i) => {
        expect(packed.slice((row * bits) / 8, ((row + 1) * bits) / 8)).toEqual(filters[i]);
      });
    });
  });
});
