import {
  bitsOfTokens, clkhashKeys, clkhashPositions, clkhashTokens, createClkhashEncoder, createEncoder,
  createReferenceEncoder, defaultSpecForRoles, formatClkhashValue, packBits, parseClkhashSchema,
} from '#libs/encode';

/** What is measured: a clkhash schema of four fields, and the native default for the same fields. */
export type EncodingName = 'clkhash' | 'native';

/** Takes rows of given names, family name, birth date and sex. */
type EncodeRows = (rows: readonly (readonly string[])[]) => void;

const bigrams = (bitsPerToken: number): object => (
  { comparison: { type: 'ngram', n: 2 }, strategy: { bitsPerToken }, hash: { type: 'blakeHash' } });

/** The schema as a document. */
export const CLKHASH_SCHEMA = {
  version: 3,
  clkConfig: { l: 1024, kdf: { type: 'HKDF', hash: 'SHA256', salt: 'c2FsdA==', info: '', keySize: 64 } },
  features: [
    { identifier: 'given_name', format: { type: 'string', encoding: 'utf-8' }, hashing: bigrams(15) },
    { identifier: 'family_name', format: { type: 'string', encoding: 'utf-8' }, hashing: bigrams(15) },
    // Some birth dates are a year only, which clkhash's date format would refuse.
    { identifier: 'birth_date', format: { type: 'string', encoding: 'utf-8' }, hashing: bigrams(10) },
    {
      identifier: 'sex', format: { type: 'enum', values: ['F', 'M'] },
      hashing: { comparison: { type: 'exact' }, strategy: { bitsPerToken: 20 }, hash: { type: 'blakeHash' } },
    },
  ],
};
const CLKHASH = parseClkhashSchema(CLKHASH_SCHEMA);
const NATIVE = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']);

/** The encoders as the product runs them, with empty memos. */
export function memoEncoder(name: EncodingName, secret: Uint8Array): EncodeRows {
  let out = new Uint8Array(0);
  const roomFor = (bytes: number): Uint8Array => {
    if (out.length < bytes) out = new Uint8Array(bytes);
    return out;
  };
  if (name === 'clkhash') {
    const encoder = createClkhashEncoder(CLKHASH, secret);
    return (rows) => {
      const refusals = encoder.encodeRows(rows, roomFor(rows.length * encoder.filterBytes), 0);
      if (refusals.length > 0) throw new Error('a row of the bench was refused');
    };
  }
  const encoder = createEncoder(NATIVE, secret);
  return (rows) => encoder.encodeRows(rows, roomFor(rows.length * encoder.recordBytes), 0);
}

/** Rows as pieces of one text in UTF-8, as the command line has them. */
export interface TextRows {
  readonly count: number;
  readonly text: Uint8Array;
  readonly fields: Uint32Array;
}

export function textRowsOf(rows: readonly (readonly string[])[]): TextRows {
  const fields = new Uint32Array(2 * rows.length * rows[0].length);
  let at = 0;
  rows.flat().forEach((value, i) => {
    fields[2 * i] = at;
    fields[2 * i + 1] = at + Buffer.byteLength(value);
    at = fields[2 * i + 1] + 1;
  });
  return { count: rows.length, text: Buffer.from(rows.flat().join(',')), fields };
}

/** The native encoder as the command line runs it, with empty memos. */
export function textRowEncoder(secret: Uint8Array): (rows: TextRows) => void {
  const encoder = createEncoder(NATIVE, secret);
  let out = new Uint8Array(0);
  return ({ count, text, fields }) => {
    if (out.length < count * encoder.recordBytes) out = new Uint8Array(count * encoder.recordBytes);
    encoder.encodeFields(text, fields, count, out, 0);
  };
}

/** Hashes every token of every record, one after the other: nothing is remembered. */
export function naiveEncoder(name: EncodingName, secret: Uint8Array): EncodeRows {
  if (name === 'native') {
    const encoder = createReferenceEncoder(NATIVE, secret);
    const out = new Uint8Array(encoder.recordBytes);
    return (rows) => rows.forEach((values) => encoder.encode(values, out, 0));
  }
  const keys = clkhashKeys(CLKHASH, secret);
  return (rows) => rows.forEach((values) => {
    const bits = new Uint8Array(CLKHASH.bits);
    CLKHASH.features.forEach((feature, i) => {
      if (!('hash' in feature)) return;
      const formatted = formatClkhashValue(feature, values[i]);
      if ('refusal' in formatted) throw new Error('a row of the bench was refused');
      const tokens = clkhashTokens(formatted.value, feature.comparison) ?? [];
      const counts = bitsOfTokens(feature.strategy, tokens.length);
      tokens.forEach((token, t) => {
        const bytes = Buffer.from(token);
        for (const position of clkhashPositions(feature.hash, keys[i], bytes, counts[t], CLKHASH.bits)) {
          bits[position] = 1;
        }
      });
    });
    packBits(bits);
  });
}
