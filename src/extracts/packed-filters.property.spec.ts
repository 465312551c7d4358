import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ClkBinaryReader, ClkJsonReader, clkBytes, writeFilter, type BitOrder } from '#libs/encode';
import { PackedFilters } from './packed-filters.js';

const BITS = 21;
const SEGMENTS = [{ name: 'clk', bits: 24 }];
const HEADER = 'record_id,sex,birth_month,citizenship,country_of_birth\n';

interface Person { readonly id: string; readonly filter: Buffer }

const people = fc.array(fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('hex')),
  filter: fc.uint8Array({ minLength: 3, maxLength: 3 })
    .map((bytes) => Buffer.from(bytes.with(2, bytes[2] & 0xf8))),
}), { maxLength: 30 });

const contentOf = (ids: readonly string[]): Buffer => Buffer.from(HEADER + ids.map((id) => `${id},_U,,,\n`).join(''));
const jsonOf = (filters: readonly Uint8Array[], order: BitOrder): Buffer => Buffer.from(JSON.stringify(
  { clks: filters.map((filter) => Buffer.from(writeFilter(filter, order)).toString('base64')) }));
const binaryOf = (filters: readonly Uint8Array[], order: BitOrder): Buffer => Buffer.concat(
  filters.map((filter) => Buffer.concat([writeFilter(filter, order)], clkBytes(BITS))));

/** As chunks that were cut anywhere. */
async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

function packed(records: number, bitOrder: BitOrder = 'msb', layout: 'json' | 'binary' = 'json'): PackedFilters {
  const form = { bits: BITS, bitOrder };
  return new PackedFilters({ records, segments: SEGMENTS },
    layout === 'json' ? new ClkJsonReader(form) : new ClkBinaryReader(form));
}

async function collected(rows: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of rows) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

async function rowsRefused(filters: Buffer, content: Buffer, records: number): Promise<object> {
  const packing = packed(records);
  await collected(packing.rows(cut(filters, 50), cut(content, 70)));
  try {
    packing.findings.assertNone('encodings');
  } catch (error) {
    return { code: (error as { code: string }).code, rows: (error as { rows: object[] }).rows };
  }
  return {};
}

const [A, B, C] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(16));
const filter = Buffer.from([1, 2, 8]);

describe('filters of another program and the ids beside them', () => {
  it('become rows of id and filter, however the bytes arrive, with their own size and SHA-256', async () => {
    await fc.assert(fc.asyncProperty(
      people, fc.constantFrom<BitOrder>('msb', 'lsb'), fc.constantFrom('json' as const, 'binary' as const),
      fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }),
      async (all: Person[], order, layout, size, contentSize) => {
        const packing = packed(all.length, order, layout);
        const file = (layout === 'json' ? jsonOf : binaryOf)(all.map((person) => person.filter), order);
        const rows = await collected(packing.rows(
          cut(file, size), cut(contentOf(all.map(({ id }) => id)), contentSize)));
        const expected = Buffer.concat(all.flatMap((person) => [Buffer.from(person.id, 'hex'), person.filter]));
        expect(rows).toEqual(expected);
        packing.findings.assertNone('encodings');
        expect(packing.part()).toEqual({
          rows: all.length, bytes: expected.length, sha256: createHash('sha256').update(expected).digest('hex') });
      }));
  });

  it.each<[string, Buffer, Buffer, number, object[]]>([
    ['a row that is no filter', Buffer.from('{"clks":["AQII","AQ==","!!!!"]}'), contentOf([A, B, C]), 3, [
      { row: 2, field: 'clk', reason: expect.stringMatching('expected 3 bytes for 21 bits, got 1') },
      { row: 3, field: 'clk', reason: 'expected base64 of one filter' }]],
    ['bits after the end of a filter', Buffer.from('{"clks":["AQIJ"]}'), contentOf([A]), 1, [
      { row: 1, field: 'clk', reason: expect.stringContaining('expected zeros after bit 21') }]],
    ['an id that is none', jsonOf([filter, filter], 'msb'), contentOf([A, 'Smith']), 2, [
      { row: 2, field: 'record_id', reason: 'expected 32 lower-case hex digits in the content' }]],
    ['fewer rows of content', jsonOf([filter, filter], 'msb'), contentOf([A]), 2, [
      { row: 2, field: 'record_id', reason: 'expected a row of the content for each filter' }]],
    ['fewer filters than announced', jsonOf([filter], 'msb'), contentOf([A, B]), 2, [
      { row: 2, field: 'clk', reason: 'expected 2 filters, got 1' }]],
    ['more filters than announced', jsonOf([filter, filter, filter], 'msb'), contentOf([A, B, C]), 2, [
      { row: 4, field: 'clk', reason: 'expected 2 filters, got 3' }]],
  ])('%s is refused with its row, and the value is not repeated', async (_name, filters, content, records, rows) => {
    const refused = await rowsRefused(filters, content, records);
    expect(refused).toEqual({ code: 'EXTRACT_ROWS_REFUSED', rows });
    expect(JSON.stringify(refused)).not.toMatch(/Smith|!!!!/);
  });

  it('a file that is none, or is cut, is refused where it stops', async () => {
    for (const text of ['{"clks":["AQII"', '{"keys":[]}', '[]']) {
      await expect(collected(packed(1).rows(cut(Buffer.from(text), 9), cut(contentOf([A]), 9))))
        .rejects.toMatchObject({ code: 'CLKS_INVALID' });
    }
    await expect(collected(packed(1, 'msb', 'binary').rows(cut(Buffer.alloc(4), 9), cut(contentOf([A, B]), 9))))
      .rejects.toMatchObject({ code: 'CLKS_INVALID' });
  });
});
