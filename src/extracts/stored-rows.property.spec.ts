import fc from 'fast-check';
import { encodingRowBytes } from '#libs/record';
import { EncodedRows } from './encoded-rows.js';
import { wholeRows } from './whole-rows.js';

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const buffers: Buffer[] = [];
  for await (const chunk of chunks) buffers.push(Buffer.from(chunk));
  return buffers;
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

/** Chunks that are gone when the next is asked for, as those of memory that is used again. */
function* fleeting(chunks: readonly Buffer[]): Generator<Buffer> {
  for (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    yield copy;
    copy.fill(0xee);
  }
}

const bytesAndCuts = fc.tuple(fc.uint8Array({ maxLength: 600 }), fc.array(fc.nat(10_000), { maxLength: 12 }));

describe('wholeRows', () => {
  it('gives the same rows wherever the chunks were cut, and never a part of one', async () => {
    const length = fc.integer({ min: 1, max: 40 });
    await fc.assert(fc.asyncProperty(bytesAndCuts, length, async ([bytes, cuts], rowBytes) => {
      const buffers = await all(wholeRows(fleeting(cutAt(Buffer.from(bytes), cuts)), rowBytes));
      expect(buffers.every((rows) => rows.length > 0 && rows.length % rowBytes === 0)).toBe(true);
      const whole = bytes.subarray(0, bytes.length - bytes.length % rowBytes);
      expect(Buffer.concat(buffers)).toEqual(Buffer.from(whole));
    }));
  });
});

describe('EncodedRows', () => {
  it('keeps apart what are filters and what block keys', () => {
    const segments = [{ name: 'filter', bits: 128 }, { name: 'rule', bits: 64, block: true as const }];
    expect(new EncodedRows({ records: 2, segments }).segments).toMatchObject(segments);
  });

  const shapes = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });

  it.each([['words', 32], ['bytes', 8]])('takes rows apart as its twin does: filters of whole %s', (_, unit) => {
    const random = fc.infiniteStream(fc.nat(255));
    fc.assert(fc.property(shapes, fc.nat(40), fc.nat(3), random, (lengths, records, shift, values) => {
      const segments = lengths.map((length, i) => ({ name: `s${i}`, bits: length * unit }));
      const rowBytes = encodingRowBytes(segments);
      const padded = Buffer.from(Array.from(
        { length: shift + records * rowBytes }, () => values.next().value as number));
      const bytes = padded.subarray(shift);
      const [fast, twin] = [new EncodedRows({ records, segments }), new EncodedRows({ records, segments })];
      const middle = (records >> 1) * rowBytes;
      fast.take(bytes.subarray(0, middle));
      fast.take(bytes.subarray(middle));
      twin.takeBytes(bytes);
      expect(fast.rows).toBe(records);
      expect(fast.recordIds).toEqual(twin.recordIds);
      expect(fast.segments).toEqual(twin.segments);
    }), { numRuns: 50 });
  });

  it('refuses more rows than were announced, and a part of one', () => {
    const rows = new EncodedRows({ records: 1, segments: [{ name: 'a', bits: 32 }] });
    expect(() => rows.take(new Uint8Array(19))).toThrow(RangeError);
    expect(() => rows.take(new Uint8Array(40))).toThrow(RangeError);
  });
});
