import { VinculumError } from '#libs/record';

/** One field of RFC 4180: quoted where it holds a comma, a quote or a line break. */
export function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Rows of fields as RFC 4180 text. `lineEnd` follows every row; the RFC asks for CR LF. */
export function writeCsv(rows: readonly (readonly string[])[], lineEnd: '\r\n' | '\n' = '\r\n'): string {
  return rows.map((row) => row.map(csvField).join(',') + lineEnd).join('');
}

/**
 * Reads RFC 4180 text, with CR LF or LF at the ends of rows; the last row need not have one.
 *
 * @throws VinculumError `CSV_INVALID` for a quote out of place or left open.
 */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { value, end } = text[at] === '"' ? quotedField(text, at, rows.length) : plainField(text, at, rows.length);
    row.push(value);
    at = end;
    if (text[at] === ',') {
      at += 1;
      // A comma at the very end opens a last, empty field.
      if (at === text.length) row.push('');
      continue;
    }
    rows.push(row);
    row = [];
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

interface Field { readonly value: string; readonly end: number }

function plainField(text: string, start: number, row: number): Field {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && !text.startsWith('\r\n', end)) end += 1;
  const value = text.slice(start, end);
  if (value.includes('"')) throw invalid(row, 'a quote inside a field without quotes');
  return { value, end };
}

function quotedField(text: string, start: number, row: number): Field {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') {
      value += text[at];
    } else if (text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else {
      const end = at + 1;
      const ends = end === text.length || text[end] === ',' || text[end] === '\n' || text.startsWith('\r\n', end);
      if (!ends) throw invalid(row, 'text after a closing quote');
      return { value, end };
    }
  }
  throw invalid(row, 'a quote that is never closed');
}

function invalid(row: number, reason: string): VinculumError {
  return new VinculumError('CSV_INVALID', `row ${row}: ${reason}`, [{ row, reason }]);
}
