import fc from 'fast-check';
import { CsvRefusal, splitCsv, type CsvDialect } from './csv-splitter.js';
import { PlainCsvReader } from './plain-csv.js';

const PIECES = [
  'a', 'bc', 'Ж', 'ế', ' ', '\u00a0', '\u1680', '\u2003', '\u205f', '\u3000', '\ufeff', '\ufffd', '。', 'é', '𝄞', '\t', ',',
  ',', ';', '"', '""', '"a"', '",', '\n', '\r\n', '\r', '1', '\0',
];
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'), lineBreak: fc.constantFrom('\n', '\r\n', '\r'), trim: fc.boolean(),
}) as fc.Arbitrary<CsvDialect>;
/** A text of any pieces, and one of records with as many fields as they should have. */
const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('x', '"y\n,"', '', '""', 'Ün')), { maxLength: 40 })
    .map((rows) => rows.map((row) => `${row.join(',')}\n`).join('')));

function split(given: string, how: CsvDialect): string[][] | undefined {
  const records: string[][] = [];
  try {
    splitCsv(given, how, (record) => records.push(record));
    return records;
  } catch (error) {
    if (error instanceof CsvRefusal) return undefined;
    throw error;
  }
}

describe('PlainCsvReader', () => {
  it('gives the fields of splitCsv, or leaves the text to it', () => {
    const seen = { plain: 0, left: 0 };
    const readers = new Map<string, PlainCsvReader>();
    fc.assert(fc.property(text, dialect, fc.integer({ min: 1, max: 3 }), (given, how, columns) => {
      const bytes = Buffer.from(given);
      // One for all runs: what was read before must not matter.
      const reader = readers.get(JSON.stringify([how, columns])) ?? new PlainCsvReader(how, columns);
      readers.set(JSON.stringify([how, columns]), reader);
      const rows = reader.read(bytes);
      seen[rows === undefined ? 'left' : 'plain']++;
      if (rows === undefined) return;
      const { fields } = reader;
      const records = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, c) =>
        bytes.toString('utf8', fields[2 * (row * columns + c)], fields[2 * (row * columns + c) + 1])));
      expect(records).toEqual(split(given, how));
    }), { numRuns: 4000 });
    expect(seen.plain).toBeGreaterThan(500);
    expect(seen.left).toBeGreaterThan(500);
  });

  it.each([
    ['no UTF-8', Buffer.from('a,\xff\n', 'latin1')], ['a record too long', Buffer.from(`a,${'b'.repeat(70_000)}\n`)],
    ['an escaped quote', Buffer.from('"a""b",c\n')], ['a quote inside', Buffer.from('a"b",c\n')],
    ['another number of fields', Buffer.from('a,b\nc\n')], ['an open quote', Buffer.from('a,"b\n')],
  ])('leaves %s to splitCsv', (_name, bytes) => {
    expect(new PlainCsvReader({ delimiter: ',', lineBreak: '\n', trim: true }, 2).read(bytes)).toBeUndefined();
  });

  it('reads quoted fields and more of them than there was room for', () => {
    const line = '"Ana, Li";"Müller";1970-05-31;\r\n\r\n';
    const reader = new PlainCsvReader({ delimiter: ';', lineBreak: '\r\n', trim: true }, 4);
    expect(reader.read(Buffer.from(line.repeat(10_000)))).toBe(10_000);
  });
});
