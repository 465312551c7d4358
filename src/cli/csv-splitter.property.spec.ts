import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { lastRecordEnd, openCsv } from './csv-chunks.js';
import { CsvRefusal, splitCsv, type CsvDialect } from './csv-splitter.js';

const PIECES = ['a', 'Ж', ' ', '\u00a0', '\t', ',', ',', '"', '""', '"', '\n', '\n', '\r\n', '\r', '1', '𝄞', '\ufeff'];
const csvText = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'), lineBreak: fc.constantFrom('\n', '\r\n', '\r'), trim: fc.boolean(),
}) as fc.Arbitrary<CsvDialect>;

function split(text: string, how: CsvDialect): string[][] | 'refused' {
  const records: string[][] = [];
  try {
    splitCsv(text, how, (record, number) => {
      expect(number).toBe(records.length);
      records.push(record);
    });
    return records;
  } catch (error) {
    if (error instanceof CsvRefusal) return 'refused';
    throw error;
  }
}

function twin(text: string, { delimiter, lineBreak, trim }: CsvDialect): string[][] | 'refused' {
  try {
    return parse(text, {
      delimiter, record_delimiter: lineBreak, trim, relax_column_count: true, skip_empty_lines: true,
    });
  } catch (error) {
    if (error instanceof CsvError) return 'refused';
    throw error;
  }
}

describe('splitCsv', () => {
  it('gives the records of csv-parse, and refuses what it refuses', () => {
    fc.assert(fc.property(csvText, dialect, (text, how) => {
      // csv-parse joins an empty quoted field and one behind it, which is refused here, and refuses wide
      // spaces behind a quote, which are spaces here.
      fc.pre(!/""\s+"|"\s*[\u00a0\ufeff]/.test(text));
      expect(split(text, how)).toEqual(twin(text, how));
    }), { numRuns: 3000 });
  });

  it.each([
    ['a,b"c', 'QUOTE_INSIDE'], ['"a"b', 'TEXT_AFTER_QUOTE'], ['"a', 'QUOTE_NOT_CLOSED'], ['"" "b"', 'TEXT_AFTER_QUOTE'],
    [`a,${'b'.repeat(70_000)}`, 'RECORD_TOO_LONG'], [`"${'b'.repeat(70_000)}"`, 'RECORD_TOO_LONG'],
  ])('refuses %.12s', (text, reason) => {
    expect(() => splitCsv(`x\n${text}`, { delimiter: ',', lineBreak: '\n', trim: true }, () => undefined))
      .toThrow(expect.objectContaining({ reason, record: 1 }) as Error);
  });
});

describe('lastRecordEnd', () => {
  it('cuts good texts where both pieces are whole', () => {
    const quoted = fc.array(fc.constantFrom('a', '\n', ',', '""', 'Ж'), { maxLength: 5 }).map((p) => `"${p.join('')}"`);
    const records = fc.array(fc.array(fc.oneof(quoted, fc.constantFrom('b', 'cd')), { minLength: 1, maxLength: 3 }));
    fc.assert(fc.property(records, fc.nat(), (rows, cut) => {
      const text = Buffer.from(rows.map((row) => `${row.join(',')}\n`).join(''));
      const start = text.subarray(0, text.length === 0 ? 0 : cut % text.length);
      const end = lastRecordEnd(start, '\n');
      const how = { delimiter: ',', lineBreak: '\n', trim: false } as const;
      const pieces = [text.subarray(0, end), text.subarray(end)].map((piece) => split(piece.toString(), how));
      expect(pieces.flat()).toEqual(split(text.toString(), how));
    }));
  });
});

describe('openCsv', () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-csv-')); });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  function readAll(content: string): { header: readonly string[]; records: string[][]; chunks: number } {
    const path = join(folder, 'file.csv');
    writeFileSync(path, content);
    const csv = openCsv(path, { trim: true });
    const records: string[][] = [];
    let chunks = 0;
    for (const chunk of csv.chunks()) {
      chunks++;
      splitCsv(Buffer.from(chunk).toString(), csv.dialect, (record) => records.push(record));
    }
    csv.close();
    return { header: csv.header, records, chunks };
  }

  it('reads a file of many pieces, with quotes and line breaks across their edges', () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [String(i), i % 7 === 0 ? 'two\nlines; "quoted"' : `name ${i}`]);
    const text = rows.map(([id, name]) => `${id};"${name.replaceAll('"', '""')}"\r\n`).join('');
    const { header, records, chunks } = readAll(`\ufeff\r\nid;name\r\n${text}`);
    expect(header).toEqual(['id', 'name']);
    expect(records).toEqual(rows);
    expect(chunks).toBeGreaterThan(2);
  });

  it.each([['nothing', ''], ['line breaks only', '\n\n'], ['an open quote', '"a,b\n'], ['an open quote over many pieces',
    `a,b\n"${'x'.repeat(6_000_000)}`]])('refuses %s', (_name, content) => {
    expect(() => readAll(content)).toThrow(VinculumError);
  });
});
