import fc from 'fast-check';
import { VinculumError } from '#libs/record';
import { packBits, unpackBits } from '../bits.js';
import { fromBase64, toBase64 } from './base64.js';
import { bitsOfTokens, clkhashKeys, createClkhashEncoder } from './clkhash-encoder.js';
import { clkhashTokens } from './comparison.js';
import { dateReader } from './date-format.js';
import { pythonFloat, pythonInteger, roundHalfEven } from './python-number.js';
import { parseClkhashSchema, type ClkhashSchema } from './schema.js';
import { textEncoder } from './text-encoding.js';
import { clkhashPositions } from './token-hashing.js';

// The filters themselves are golden values: test/vectors/clkhash_filters.json.

const KDF = { type: 'HKDF', hash: 'SHA256', salt: '', info: '', keySize: 64 };
const feature = (change: object = {}): object => ({
  identifier: 'name', format: { type: 'string' },
  hashing: { comparison: { type: 'ngram', n: 2 }, strategy: { bitsPerToken: 5 }, ...change },
});
const schemaOf = (config: object, ...features: object[]): object => (
  { version: 3, clkConfig: { l: 256, kdf: KDF, ...config }, features });
const SECRET = Uint8Array.of(1, 2, 3);

describe('numbers as Python reads them', () => {
  it.each([
    ['12', 12n], [' +0012\t', 12n], ['-0', 0n], ['1_000', 1000n], ['\u0661\u0662', 12n], ['𝟗𝟎', 90n],
    ['12345678901234567890', 12345678901234567890n],
  ])('int(%j)', (text, value) => { expect(pythonInteger(text)).toBe(value); });

  it.each(['', '1.0', '1__0', '_1', '0x10', '1 2', '--1'])('int(%j) raises', (text) => {
    expect(pythonInteger(text)).toBeUndefined();
  });

  it('reads floats and rounds halves to even', () => {
    expect([pythonFloat(' 1.5e1 '), pythonFloat('.5'), pythonFloat('5.'), pythonFloat('1_0.0')]).toEqual([15, 0.5, 5, 10]);
    expect([pythonFloat('nan'), pythonFloat('.'), pythonFloat('1,5'), pythonFloat('1e999')]).toEqual(Array(4).fill(undefined));
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4].map(roundHalfEven)).toEqual([0n, 2n, 2n, 0n, -2n, 2n]);
  });
});

describe('dates as strptime reads them', () => {
  it.each([
    ['%Y-%m-%d', '1970-5-3', '19700503'], ['%d/%m/%y', '01/02/68', '20680201'], ['%d/%m/%y', '01/02/69', '19690201'],
    ['%d %b %Y', '7 jul 1985', '19850707'], ['%B %d, %Y', 'February 29, 2000', '20000229'], ['%Y%j', '2000060', '20000229'],
    ['%Y-%m-%d', '0987-01-02', '9870102'], ['%Y', '2001', '20010101'], ['%d.%m.%Y', '01.02.2003', '20030201'],
  ])('%s reads %s', (format, text, expected) => { expect(dateReader(format)?.read(text)).toBe(expected); });

  it.each([
    ['%Y-%m-%d', '1970-02-30'], ['%Y-%m-%d', '70-01-01'], ['%Y-%m-%d', '1970-01-01 '], ['%d.%m.%Y', '01x02x2003'],
  ])('%s refuses %s', (format, text) => { expect(dateReader(format)?.read(text)).toBeUndefined(); });

  it('says which formats it does not support', () => {
    for (const format of ['%Z', '%', '%Y-%Y']) expect(dateReader(format)).toBeUndefined();
  });
});

describe('clkhash tokens', () => {
  it('pads, counts positions from 1 and cuts between code points', () => {
    expect(clkhashTokens('ab', { type: 'ngram', n: 2, positional: false })).toEqual([' a', 'ab', 'b ']);
    expect(clkhashTokens('𠮷a', { type: 'ngram', n: 1, positional: true })).toEqual(['1 𠮷', '2 a']);
    expect(clkhashTokens('', { type: 'exact' })).toEqual([]);
  });

  it('gives close numbers common tokens, and none to what is no number', () => {
    const comparison = { type: 'numeric', thresholdDistance: 8, resolution: 2, fractionalPrecision: 0 } as const;
    expect(clkhashTokens('10', comparison)).toEqual(['24', '32', '40', '48', '56']);
    expect(clkhashTokens('12', comparison)).toEqual(['32', '40', '48', '56', '64']);
    expect(clkhashTokens('ten', comparison)).toBeUndefined();
  });

  it('shares bitsPerFeature out to the first tokens', () => {
    expect(bitsOfTokens({ bitsPerFeature: 5 }, 3)).toEqual([2, 2, 1]);
    expect(bitsOfTokens({ bitsPerFeature: 2 }, 3)).toEqual([1, 1, 0]);
  });

  it('writes tokens in the encoding of the format', () => {
    expect(textEncoder('UTF_16')?.('é')).toEqual(Uint8Array.of(0xff, 0xfe, 0xe9, 0));
    expect(textEncoder('utf-32-be')?.('𠮷')).toEqual(Uint8Array.of(0, 2, 0x0b, 0xb7));
    expect(textEncoder('latin1')?.('é')).toEqual(Uint8Array.of(0xe9));
    expect(textEncoder('ascii')?.('é')).toBeUndefined();
    expect(textEncoder('koi8-r')).toBeUndefined();
  });
});

describe('parseClkhashSchema', () => {
  it('reads version 1: weights times k, rounded half to even, and the global hash', () => {
    const schema = parseClkhashSchema({
      version: 1, clkConfig: { l: 1000, k: 5, hash: { type: 'doubleHash' }, kdf: KDF },
      features: [0.5, 1, 0].map((weight) => ({
        identifier: 'x', format: { type: 'string' }, hashing: { ngram: 2, weight },
      })),
    });
    expect(schema.features).toMatchObject([
      { strategy: { bitsPerToken: 2 }, hash: { type: 'doubleHash', preventSingularity: false } },
      { strategy: { bitsPerToken: 5 }, comparison: { n: 2, positional: false } }, { ignored: true },
    ]);
  });

  it('folds by xor_folds alone and says so when the other spelling is there', () => {
    expect(parseClkhashSchema(schemaOf({ xorFolds: 2 }, feature()))).toMatchObject({
      xorFolds: 0, notices: [expect.stringMatching(/xorFolds is ignored.*no folding is applied/)],
    });
    const folding = parseClkhashSchema(schemaOf({ xor_folds: 1 }, feature()));
    expect(folding).toMatchObject({ xorFolds: 1, notices: [] });
  });

  it.each([
    ['no object', 7, /expected a JSON object/], ['version 4', { version: 4 }, /version: expected 1, 2 or 3/],
    ['a length that BLAKE2b cannot fill', schemaOf({ l: 1000 }, feature()), /blakeHash needs a power of two/],
    ['keys too long for BLAKE2b', schemaOf({ kdf: { ...KDF, keySize: 65 } }, feature()), /at most 64 bytes/],
    ['more key material than HKDF has', schemaOf({}, ...Array<object>(64).fill(feature())), /keySize: expected/],
    ['an unknown hash', schemaOf({}, feature({ hash: { type: 'md5' } })), /blakeHash or doubleHash/],
    ['an unknown comparison', schemaOf({}, feature({ comparison: { type: 'x' } })), /expected ngram with n/],
    ['no strategy', schemaOf({}, feature({ strategy: {} })), /bitsPerToken or bitsPerFeature/],
    ['a broken pattern', schemaOf({}, { ...feature(), format: { type: 'string', pattern: '(' } }), /no regular expr/],
    ['an unknown encoding', schemaOf({}, { ...feature(), format: { type: 'string', encoding: 'x' } }), /not supported/],
    ['a salt that is no base64', schemaOf({ kdf: { ...KDF, salt: '?' } }, feature()), /base64/],
  ])('refuses %s', (_name, json, reason) => {
    expect(() => parseClkhashSchema(json)).toThrow(reason);
  });

  it('answers any JSON with a schema or a refusal', () => {
    const json = fc.oneof(
      fc.jsonValue(), fc.jsonValue().map((hashing) => schemaOf({}, { ...feature(), hashing })),
      fc.jsonValue().map((format) => schemaOf({}, { ...feature(), format })));
    fc.assert(fc.property(json, (any) => {
      try {
        parseClkhashSchema(any);
      } catch (error) {
        expect(error).toBeInstanceOf(VinculumError);
      }
    }));
  });
});

/** Token after token, without a memo. */
function naive(
  schema: ClkhashSchema, keys: ReturnType<typeof clkhashKeys>, values: readonly string[],
): Uint8Array {
  const bits = new Uint8Array(schema.bits);
  schema.features.forEach((each, i) => {
    if (!('hash' in each)) return;
    const tokens = clkhashTokens(values[i], each.comparison) ?? [];
    const counts = bitsOfTokens(each.strategy, tokens.length);
    tokens.forEach((token, t) => {
      const bytes = textEncoder(each.format.encoding ?? 'utf-8')?.(token) as Uint8Array;
      const positions = clkhashPositions(each.hash, keys[i], bytes, counts[t], schema.bits);
      for (const position of positions) bits[position] = 1;
    });
  });
  return packBits(bits);
}

describe('createClkhashEncoder', () => {
  it('refuses values that the formats exclude, each with its feature and never with the value', () => {
    const formats = [
      { type: 'string', minLength: 2, maxLength: 3 }, { type: 'string', case: 'upper' }, { type: 'integer', minimum: 5 },
      { type: 'date', format: '%Y' }, { type: 'enum', values: ['a'] }, { type: 'string', encoding: 'ascii' },
    ];
    const features = formats.map((format, i) => ({ ...feature(), identifier: `f${i}`, format }));
    const encoder = createClkhashEncoder(parseClkhashSchema(schemaOf({}, ...features)), SECRET);
    const refusals = encoder.encode(['Q', 'q', '4', 'qqqq', 'q', 'ö']);
    const reason: unknown = expect.stringMatching(/^expected/);
    expect(refusals).toMatchObject(formats.map((_, i) => ({ feature: `f${i}`, reason })));
    expect(encoder.encode(['QQ', 'Q', '5', '2001', 'a', 'o'])).toBeInstanceOf(Uint8Array);
    expect(() => encoder.encode(['QQ'])).toThrow(RangeError);
  });

  it('encodes many rows as token after token does, and tells which rows it refuses', () => {
    const schema = parseClkhashSchema(schemaOf({ l: 200 }, feature({ hash: { type: 'doubleHash' } }), {
      ...feature({ strategy: { bitsPerFeature: 50 }, hash: { type: 'doubleHash' } }), format: { type: 'string', encoding: 'latin-1' },
    }));
    const keys = clkhashKeys(schema, SECRET);
    const text = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('ana', 'Ж', 'x'.repeat(20)));
    fc.assert(fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 200 }), (rows) => {
      const filters = new Uint8Array(25 * rows.length);
      const refusals = createClkhashEncoder(schema, SECRET).encodeRows(rows, filters, 0);
      const wrong = rows.flatMap(([, value], row) => (/[^\0-\xff]/.test(value) ? [row] : []));
      expect(refusals.map(({ row }) => row)).toEqual(wrong);
      rows.forEach((values, row) => {
        if (wrong.includes(row)) return;
        expect(filters.subarray(25 * row, 25 * row + 25)).toEqual(naive(schema, keys, values));
      });
    }), { numRuns: 30 });
  });

  it('folds the longer filter onto the shorter', () => {
    const [folded, whole] = [{ l: 128, xor_folds: 1 }, { l: 256 }].map((config) =>
      createClkhashEncoder(parseClkhashSchema(schemaOf(config, feature())), SECRET));
    fc.assert(fc.property(fc.string(), (value) => {
      const bits = unpackBits(whole.encode([value]) as Uint8Array, 256);
      const expected = Array.from({ length: 128 }, (_, i) => bits[i] ^ bits[128 + i]);
      expect([...unpackBits(folded.encode([value]) as Uint8Array, 128)]).toEqual(expected);
    }), { numRuns: 30 });
  });
});

describe('base64', () => {
  it('is the standard alphabet with padding, both ways', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }));
  });
});
