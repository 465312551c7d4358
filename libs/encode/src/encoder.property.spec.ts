import fc from 'fast-check';
import type { BlockRule } from './block-rules.js';
import { defaultSpecForRoles } from './default-spec.js';
import { createEncoder } from './encoder.js';
import type { EncodingSpec, HardeningStep } from './encoding-spec.js';
import { parseEncodingSpec } from './parse-encoding-spec.js';
import { createReferenceEncoder } from './reference-encoder.js';
import type { Role } from './roles.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
const HARDENINGS: HardeningStep[][] = [
  [], [{ type: 'diffusion', t: 10 }], [{ type: 'diffusion', t: 3, innerBits: 192 }], [{ type: 'xor-fold' }],
  [{ type: 'rule-90' }], [{ type: 'balance' }], [{ type: 'birth-year-salt' }, { type: 'xor-fold' }],
  [{ type: 'rule-90' }, { type: 'diffusion', t: 2 }, { type: 'balance' }, { type: 'xor-fold' }],
  [{ type: 'xor-fold' }, { type: 'blip', f: 0.1 }], [{ type: 'blip', f: 0.5 }, { type: 'diffusion', t: 4 }],
];
const ROLES: Role[] = ['givenName', 'familyName', 'birthDate', 'birthYear', 'sex', 'phone', 'locality', 'other:x'];

const BLOCKS: BlockRule[] = [
  { name: 'nameYear', parts: [{ role: 'familyName', take: 'soundex' }, { role: 'birthDate', take: 'year' }] },
  { name: 'initialDate', parts: [{ role: 'givenName', take: 'letters', letters: 2 }, { role: 'birthDate', take: 'date' }] },
  { name: 'place', parts: [{ role: 'other:x', take: 'value' }, { role: 'sex', take: 'value' }] },
];

function specWith(hardening: HardeningStep[], blocks?: BlockRule[]): EncodingSpec {
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'test', profile: 'test',
    segments: [
      { name: 'all', bits: 128, fields: ROLES.map((role, i) => ({ role, weight: role.startsWith('birth') ? 1 : 1 + (i % 3) / 2 })), hardening },
      { name: 'person', bits: 192, fill: 0.3, fields: [{ role: 'familyName' }, { role: 'birthDate' }] },
    ],
    ...(blocks && { blocks }),
  });
}

const value = fc.oneof(
  fc.constant(''), fc.constantFrom('ANA', 'Müller-Ölz', '1970-05-31', '1970', 'F', '+352 691 000'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  // Parts of a value are encoded one by one: marks, sigmas and case folding must not notice.
  fc.array(fc.constantFrom(' ', ' ', '\n', '\u0301', 'Σ', 'ς', 'ß', 'É', 'İ', '´', '-', 'ана', 'ΑΥ', 'ة', 'ّ', 'ab', '1'))
    .map((pieces) => pieces.join('')));

/** The same stream for both encoders, so that noise is equal too. */
function countingBytes(): (count: number) => Uint8Array {
  let state = 1;
  return (count) => Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >>> 16;
  });
}

/** All values in one text, with something between them: so many bytes and one. */
function piecesOf(
  rows: readonly (readonly string[])[], between = 0,
): { text: Uint8Array; fields: Uint32Array } {
  const pieces: Buffer[] = [];
  const fields: number[] = [];
  let at = 0;
  for (const each of rows.flat()) {
    const piece = Buffer.from(`${'|'.repeat(between + 1)}${each}`);
    fields.push(at + between + 1, at + piece.length);
    at += piece.length;
    pieces.push(piece);
  }
  return { text: Buffer.concat(pieces), fields: Uint32Array.from(fields) };
}

describe('createEncoder', () => {
  it.each(HARDENINGS.map((steps) => [steps.map((step) => step.type).join(', ') || 'nothing', steps] as const))(
    'gives the bytes of its readable twin, hardened by %s', (_name, hardening) => {
      const spec = specWith(hardening);
      const fast = createEncoder(spec, SECRET, { randomBytes: countingBytes() });
      const slow = createReferenceEncoder(spec, SECRET, { randomBytes: countingBytes() });
      const row = fc.array(value, { minLength: ROLES.length, maxLength: ROLES.length });
      fc.assert(fc.property(row, (values) => {
        const left = new Uint8Array(fast.recordBytes + 3).fill(255);
        const right = left.slice();
        fast.encode(values, left, 2);
        slow.encode(values, right, 2);
        expect(left).toEqual(right);
      }), { numRuns: 60 });
    });

  it.each(HARDENINGS.map((steps) => [steps.map((step) => step.type).join(', ') || 'nothing', steps] as const))(
    'encodes many rows as its readable twin does one by one, hardened by %s', (_name, hardening) => {
      const spec = specWith(hardening);
      const few = fc.sample(fc.array(value, { minLength: ROLES.length, maxLength: ROLES.length }), 40);
      for (const [count, gap] of [[1, 0], [127, 3], [128, 0], [300, 16]]) {
        const fast = createEncoder(spec, SECRET, { randomBytes: countingBytes() });
        const slow = createReferenceEncoder(spec, SECRET, { randomBytes: countingBytes() });
        const rows = Array.from({ length: count }, (_, i) => few[(i * 7) % few.length]);
        const left = new Uint8Array(count * (fast.recordBytes + gap) + 2).fill(255);
        const right = left.slice();
        fast.encodeRows(rows, left, 1, fast.recordBytes + gap);
        rows.forEach((values, i) => slow.encode(values, right, 1 + i * (slow.recordBytes + gap)));
        expect(Buffer.compare(left, right)).toBe(0);
      }
    });

  it.each(HARDENINGS.map((steps) => [steps.map((step) => step.type).join(', ') || 'nothing', steps] as const))(
    'encodes pieces of a text as its readable twin does, hardened by %s', (_name, hardening) => {
      const spec = specWith(hardening);
      const fast = createEncoder(spec, SECRET, { randomBytes: countingBytes() });
      const slow = createReferenceEncoder(spec, SECRET, { randomBytes: countingBytes() });
      const row = fc.array(value, { minLength: ROLES.length, maxLength: ROLES.length });
      fc.assert(fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const { text, fields } = piecesOf(rows);
        const left = new Uint8Array(rows.length * (fast.recordBytes + 2) + 1).fill(255);
        const right = left.slice();
        fast.encodeFields(text, fields, rows.length, left, 1, fast.recordBytes + 2);
        rows.forEach((values, i) => slow.encode(values, right, 1 + i * (slow.recordBytes + 2)));
        expect(Buffer.compare(left, right)).toBe(0);
      }), { numRuns: 30 });
    });

  it('encodes pieces as texts, whether the kernel can list them or not, near each other or far', () => {
    const spec = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']);
    const [fast, slow] = [createEncoder(spec, SECRET), createEncoder(spec, SECRET)];
    const part = fc.constantFrom(
      'Ana', 'Müller', 'Nguyễn', 'x'.repeat(14), 'x'.repeat(15), 'ế'.repeat(14), 'ế'.repeat(15), 'nul\0', '\0b', '𝄞',
      'a '.repeat(31), 'b'.repeat(64), 'c '.repeat(40), '', 'é', '李');
    const name = fc.array(part, { maxLength: 3 }).map((parts) => parts.join(' '));
    const date = fc.oneof(
      fc.date({ min: new Date('1795-01-01'), max: new Date('2204-12-31'), noInvalidDate: true })
        .map((day) => day.toISOString().slice(0, 10)),
      fc.constantFrom('', '1970', '1970-13-01', '1970-00-10', '1970-01-32', '1970-01-0x', '1970/01/01', '1970-10-00'));
    const record = fc.tuple(name, name, date, fc.constantFrom('F', 'M', '', 'F M'));
    const gap = fc.constantFrom(0, 0, 1, 3000);
    fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 200 }), gap, (records, between) => {
      const values = [...records, ...records];
      const { text, fields } = piecesOf(values, between);
      const left = new Uint8Array(values.length * fast.recordBytes);
      const right = left.slice();
      fast.encodeFields(text, fields, values.length, left, 0);
      slow.encodeRows(values, right, 0);
      expect(Buffer.compare(left, right)).toBe(0);
    }), { numRuns: 60 });
  });

  it('gives the block keys of its readable twin, from rows and from pieces of a text', () => {
    const spec = specWith([{ type: 'diffusion', t: 3 }], BLOCKS);
    const fast = createEncoder(spec, SECRET);
    const slow = createReferenceEncoder(spec, SECRET);
    expect(fast.recordBytes).toBe((128 + 192 + 3 * 64) / 8);
    const long = fc.constantFrom('x'.repeat(60), '王'.repeat(20), `${'y'.repeat(53)} é`);
    const each = fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: long, weight: 1 });
    const row = fc.array(each, { minLength: ROLES.length, maxLength: ROLES.length });
    fc.assert(fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom(1, 60), (few, times) => {
      const rows = Array.from({ length: times }, () => few).flat();
      const { text, fields } = piecesOf(rows);
      const fromRows = new Uint8Array(rows.length * (fast.recordBytes + 2) + 1).fill(255);
      const [fromPieces, expected] = [fromRows.slice(), fromRows.slice()];
      fast.encodeRows(rows, fromRows, 1, fast.recordBytes + 2);
      fast.encodeFields(text, fields, rows.length, fromPieces, 1, fast.recordBytes + 2);
      rows.forEach((values, i) => slow.encode(values, expected, 1 + i * (slow.recordBytes + 2)));
      expect(Buffer.compare(fromRows, expected)).toBe(0);
      expect(Buffer.compare(fromPieces, expected)).toBe(0);
    }), { numRuns: 60 });
  });

  it('has no room for block keys in a row that only holds the filters', () => {
    const encoder = createEncoder(specWith([], BLOCKS), SECRET);
    const out = new Uint8Array(1000);
    const row = ROLES.map(() => '');
    expect(() => encoder.encodeRows([row], out, 0, encoder.recordBytes - 1)).toThrow(RangeError);
    expect(() => encoder.encode(row, out, out.length - encoder.recordBytes + 1)).toThrow(RangeError);
  });

  it('refuses fields that are not two numbers a value', () => {
    const encoder = createEncoder(specWith([]), SECRET);
    const out = new Uint8Array(encoder.recordBytes);
    const fields = new Uint32Array(2 * ROLES.length - 1);
    expect(() => encoder.encodeFields(new Uint8Array(0), fields, 1, out, 0)).toThrow(RangeError);
  });

  it('gives the bytes of its readable twin for the default profile', () => {
    const spec = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex', 'locality', 'address', 'phone']);
    const fast = createEncoder(spec, SECRET);
    const slow = createReferenceEncoder(spec, SECRET);
    fc.assert(fc.property(fc.array(value, { minLength: 7, maxLength: 7 }), (values) => {
      const left = new Uint8Array(fast.recordBytes);
      const right = new Uint8Array(slow.recordBytes);
      fast.encode(values, left, 0);
      slow.encode(values, right, 0);
      expect(left).toEqual(right);
    }), { numRuns: 30 });
  });
});
