import { VinculumError } from '#libs/record';
import { decodeBase64 } from './base64-digits.js';
import { clkBytes, readFilter, type ClkForm } from './bit-order.js';

/** One filter of a file, most significant bit first, or why its row is refused. */
export type ClkRow = { readonly filter: Uint8Array } | { readonly reason: string };

/** What may come next between the texts; a text itself is read apart. */
type Place = 'start' | 'member' | 'colon' | 'list' | 'first' | 'element' | 'separator' | 'end' | 'done';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MEMBER = 'clks';
/** Line breaks and blanks inside a text, which some tools write, beside the digits. */
const SPARE_CHARACTERS = 1024;
const ESCAPES: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, '/': 0x2f };

/**
 * Reads a clkhash output file, `{"clks":["base64",...]}`, as it arrives. Memory is bounded by one filter.
 * White space inside a text is skipped, an escaped slash is one; another member than `clks` is refused.
 *
 *     for each chunk: rows = reader.push(chunk)
 *     reader.finish()
 *
 * @throws VinculumError CLKS_INVALID, with the row where it happened, when the JSON is another or is cut.
 */
export class ClkJsonReader {
  private place: Place = 'start';
  private inText = false;
  private escape = '';
  private escaping = false;
  private bad = false;
  private length = 0;
  private readonly digits: Uint8Array;
  private rows: ClkRow[] = [];
  private count = 0;
  private bytesRead = 0;

  constructor(private readonly form: ClkForm) {
    this.digits = new Uint8Array(Math.ceil(clkBytes(form.bits) / 3) * 4 + SPARE_CHARACTERS);
  }

  /** The rows that end in this chunk, in order. */
  push(chunk: Uint8Array): ClkRow[] {
    for (const byte of chunk) {
      const at = this.bytesRead++;
      if (this.place === 'start' && at < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[at]) continue;
      if (this.inText) this.text(byte);
      else if (!isBlank(byte)) this.between(byte);
    }
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  /** Number of rows, refused ones included. */
  finish(): number {
    if (this.place !== 'done' || this.inText) throw this.malformed('the end of {"clks":[...]}, but the file ends before');
    return this.count;
  }

  private between(byte: number): void {
    const character = String.fromCharCode(byte);
    if (character === '"' && ['member', 'first', 'element'].includes(this.place)) {
      this.inText = true;
      this.bad = false;
      this.length = 0;
      return;
    }
    const next = NEXT[this.place][character];
    if (next === undefined) throw this.malformed(EXPECTED[this.place]);
    this.place = next;
  }

  private text(byte: number): void {
    if (this.escaping) this.escaped(byte);
    else if (byte === BACKSLASH) this.escaping = true;
    else if (byte === QUOTE) this.endText();
    else this.keep(byte);
  }

  /** `\uXXXX` and the escapes of one letter; others can stand for no digit of base64. */
  private escaped(byte: number): void {
    this.escape += String.fromCharCode(byte);
    const { escape } = this;
    if (escape[0] === 'u' && escape.length < 5) return;
    const code = escape[0] === 'u' ? unicodeOf(escape) : ESCAPES[escape];
    if (code === undefined) this.bad = true;
    else this.keep(code);
    this.escape = '';
    this.escaping = false;
  }

  private keep(code: number): void {
    if (isBlank(code)) return;
    if (code > 0x7f || this.length === this.digits.length) this.bad = true;
    else this.digits[this.length++] = code;
  }

  private endText(): void {
    this.inText = false;
    const digits = this.digits.subarray(0, this.length);
    if (this.place === 'member') {
      if (this.bad || String.fromCharCode(...digits) !== MEMBER) throw this.malformed(EXPECTED.member);
      this.place = 'colon';
      return;
    }
    this.place = 'separator';
    this.count++;
    this.rows.push(this.rowOf(digits));
  }

  private rowOf(digits: Uint8Array): ClkRow {
    const bytes = this.bad ? undefined : decodeBase64(digits);
    if (bytes === undefined) return { reason: 'expected base64 of one filter' };
    const filter = readFilter(bytes, this.form);
    return typeof filter === 'string' ? { reason: filter } : { filter };
  }

  private malformed(expected: string): VinculumError {
    const row = this.count + 1;
    return new VinculumError('CLKS_INVALID',
      `expected ${expected}; stopped at byte ${this.bytesRead}, row ${row}`, [{ row, reason: 'the file is refused here' }]);
  }
}

const NEXT: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  start: { '{': 'member' }, member: {}, colon: { ':': 'list' }, list: { '[': 'first' }, first: { ']': 'end' },
  element: {}, separator: { ',': 'element', ']': 'end' }, end: { '}': 'done' }, done: {},
};

const EXPECTED: Readonly<Record<Place, string>> = {
  start: 'a clkhash output file, {"clks":[...]}', member: 'the member "clks" first', colon: 'a colon after "clks"',
  list: 'a list of base64 texts', first: 'a base64 text or the end of the list',
  element: 'a base64 text', separator: 'a comma or the end of the list',
  end: 'no member beside "clks"', done: 'nothing after {"clks":[...]}',
};

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function unicodeOf(escape: string): number | undefined {
  const digits = escape.slice(1);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? parseInt(digits, 16) : undefined;
}
