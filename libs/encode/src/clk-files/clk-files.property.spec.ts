import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { packBits, unpackBits } from '../bits.js';
import {
  BIT_ORDERS, ClkBinaryReader, ClkJsonReader, clkBytes, readFilter, writeFilter, type ClkForm, type ClkRow,
} from './index.js';

const form: fc.Arbitrary<ClkForm> = fc.record({
  bits: fc.integer({ min: 1, max: 200 }), bitOrder: fc.constantFrom(...BIT_ORDERS),
});
const fileOfFilters = form.chain(({ bits, bitOrder }) => fc.record({
  form: fc.constant({ bits, bitOrder }),
  filters: fc.array(fc.array(fc.constantFrom(0, 1), { minLength: bits, maxLength: bits })
    .map((ones) => packBits(Uint8Array.from(ones))), { maxLength: 8 }),
}));
const cuts = fc.array(fc.nat(400), { maxLength: 10 });

interface Reader { push(chunk: Uint8Array): ClkRow[]; finish(): number }

/** Feeds a file in pieces. */
function read(reader: Reader, file: Uint8Array, at: readonly number[]): ClkRow[] {
  const ends = [...at.map((end) => Math.min(end, file.length)), file.length].sort((a, b) => a - b);
  const rows = ends.flatMap((end, i) => reader.push(file.subarray(ends[i - 1] ?? 0, end)));
  expect(reader.finish()).toBe(rows.length);
  return rows;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** By definition: bit i of a byte sequence in an order. */
const bitAt = (bytes: Uint8Array, i: number, order: string): number =>
  ((bytes[i >> 3] ?? 0) >> (order === 'msb' ? 7 - (i & 7) : i & 7)) & 1;

describe('bit order', () => {
  it('is the one that the documents of clkhash show', () => {
    const bits = Uint8Array.from('0100110111010000101111011111011111011000110010101010010010100110', Number);
    const bytes = readFilter(Buffer.from('TdC999jKpKY=', 'base64'), { bits: 64, bitOrder: 'msb' });
    expect(bytes).toEqual(Uint8Array.of(77, 208, 189, 247, 216, 202, 164, 166));
    expect(bytes).toEqual(packBits(bits));
  });

  it('goes there and back for every length, and reads each bit by definition', () => {
    fc.assert(fc.property(fileOfFilters, ({ form: { bits, bitOrder }, filters }) => {
      for (const filter of filters) {
        const written = writeFilter(filter, bitOrder);
        expect(readFilter(written, { bits, bitOrder })).toEqual(filter);
        const ones = unpackBits(filter, bits);
        expect(Array.from(ones)).toEqual(Array.from(ones, (_, i) => bitAt(written, i, bitOrder)));
        if (bitOrder === 'lsb') expect(written.at(-1)).not.toBe(0);
      }
    }));
  });

  it.each([
    ['too few bytes', [1, 2], 24, 'msb', /3 bytes for 24 bits, got 2/], ['too many bytes', [1, 2], 8, 'msb', /got more/],
    ['too many bytes, least first', [1, 2], 8, 'lsb', /got more/], ['ones in the filling', [1, 1], 12, 'msb', /zeros after bit 12/],
    ['ones in the filling, least first', [1, 0x10], 12, 'lsb', /zeros after bit 12; is the bit order msb/],
  ] as const)('refuses %s', (_name, bytes, bits, bitOrder, reason) => {
    expect(readFilter(Uint8Array.from(bytes), { bits, bitOrder })).toMatch(reason);
  });
});

describe('ClkJsonReader', () => {
  it('reads what JSON.parse and Node read, however the file is cut, indented and escaped', () => {
    const spelling = fc.constantFrom<(json: object) => string>(
      (json) => JSON.stringify(json), (json) => `\uFEFF${JSON.stringify(json, null, 2)}\n`,
      (json) => JSON.stringify(json).replaceAll('/', '\\/'), (json) => JSON.stringify(json).replaceAll('A', '\\u0041'),
      (json) => JSON.stringify(json).replaceAll('=', '=\\n'));
    fc.assert(fc.property(fileOfFilters, cuts, spelling, ({ form: given, filters }, at, spell) => {
      const text = spell({ clks: filters.map((filter) => base64(writeFilter(filter, given.bitOrder))) });
      const parsed = (JSON.parse(text.replace('\uFEFF', '')) as { clks: string[] }).clks
        .map((clk) => ({ filter: readFilter(new Uint8Array(Buffer.from(clk, 'base64')), given) }));
      expect(read(new ClkJsonReader(given), Buffer.from(text), at)).toEqual(parsed);
      expect(parsed).toEqual(filters.map((filter) => ({ filter })));
    }));
  });

  it('refuses a text exactly where it is not the base64 that Node would write', () => {
    const letters = fc.array(fc.constantFrom('A', 'Q', '/', '+', '=', 'g', 'z', '-', '\u00e9'), { maxLength: 8 });
    fc.assert(fc.property(letters.map((some) => some.join('')), (text) => {
      const [row] = read(new ClkJsonReader({ bits: 48, bitOrder: 'lsb' }), Buffer.from(JSON.stringify({ clks: [text] })), []);
      const bytes = Buffer.from(text, 'base64');
      expect('filter' in row).toBe(bytes.toString('base64') === text);
      if ('filter' in row) expect(writeFilter(row.filter, 'lsb')).toEqual(trimmed(bytes));
    }), { numRuns: 500 });
  });

  it('refuses a row and goes on: wrong length, no base64, far too long', () => {
    const file = Buffer.from(JSON.stringify({ clks: ['TdC999jKpKY=', 'TdC999jK', 'TdC9?9jKpKY=', 'A'.repeat(5000), 'TdC999jKpKY='] }));
    const rows = read(new ClkJsonReader({ bits: 64, bitOrder: 'msb' }), file, [7, 30]);
    expect(rows.map((row) => ('reason' in row ? row.reason : 'good'))).toEqual([
      'good', 'expected 8 bytes for 64 bits, got 6', 'expected base64 of one filter', 'expected base64 of one filter', 'good']);
  });

  it.each([
    ['nothing', '', /the file ends before/, 1], ['a cut file', '{"clks":["TdC999jKpKY=","Td', /the file ends before/, 2],
    ['another member', '{"clknblocks":[]}', /the member "clks" first/, 1], ['a list', '["TdC999jKpKY="]', /a clkhash output file/, 1],
    ['a number', '{"clks":["TdC999jKpKY=",7]}', /a base64 text/, 2], ['a comma too many', '{"clks":["TdC999jKpKY=",]}', /a base64 text/, 2],
    ['a second member', '{"clks":[],"x":1}', /no member beside/, 1], ['something after the end', '{"clks":[]}{', /nothing after/, 1],
  ])('refuses %s and says where', (_name, text, reason, row) => {
    const reading = (): unknown => read(new ClkJsonReader({ bits: 64, bitOrder: 'msb' }), Buffer.from(text), []);
    expect(reading).toThrow(expect.objectContaining({
      code: 'CLKS_INVALID', message: expect.stringMatching(reason), rows: [expect.objectContaining({ row })],
    }));
  });

  it('answers any bytes with rows or a refusal', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '"', 'clks', ':', '[', ']', ',', '\\', 'u00', 'TdC9', ' ', '=', '\uFEFF'), { maxLength: 30 });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), pieces.map((some) => Buffer.from(`{"clks":[${some.join('')}`)));
    fc.assert(fc.property(bytes, form, cuts, (file, given, at) => {
      let rows: ClkRow[];
      try {
        rows = read(new ClkJsonReader(given), file, at);
      } catch (error) {
        if (!(error instanceof VinculumError)) throw error;
        return;
      }
      // What is read without refusal is JSON for everybody else too.
      const text = Buffer.from(file).toString('utf8').replace(/^\uFEFF/, '');
      if (rows.every((row) => 'filter' in row)) expect((JSON.parse(text) as { clks: string[] }).clks).toHaveLength(rows.length);
    }), { numRuns: 1000 });
  });
});

describe('ClkBinaryReader', () => {
  it('reads filters that lie back to back, however the file is cut', () => {
    fc.assert(fc.property(fileOfFilters, cuts, ({ form: given, filters }, at) => {
      const rows = filters.map((filter) => {
        const bytes = new Uint8Array(clkBytes(given.bits));
        bytes.set(writeFilter(filter, given.bitOrder));
        return bytes;
      });
      const file = Uint8Array.from(rows.flatMap((row) => Array.from(row)));
      expect(read(new ClkBinaryReader(given), file, at)).toEqual(filters.map((filter) => ({ filter })));
    }));
  });

  it('refuses a filter that is not whole, and ones in the filling', () => {
    const reader = new ClkBinaryReader({ bits: 12, bitOrder: 'msb' });
    expect(reader.push(Uint8Array.of(1, 0x10, 1, 1, 7))).toEqual([
      { filter: Uint8Array.of(1, 0x10) }, { reason: expect.stringContaining('zeros after bit 12') }]);
    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'CLKS_INVALID', rows: [expect.objectContaining({ row: 3 })] }));
  });
});

function trimmed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1));
}
