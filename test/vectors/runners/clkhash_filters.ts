import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  bitsOfTokens, clkhashKeys, clkhashPositions, clkhashTokens, createClkhashEncoder, doubleHashes,
  formatClkhashValue, parseClkhashSchema, toBase64, type ClkhashSchema,
} from '#libs/encode';
import { Tally, type VectorResult } from '../vector-runner.js';

interface TokensOfFeature {
  readonly formatted: string;
  readonly tokens: readonly string[];
  readonly k_per_token: readonly number[];
}

interface FilterCase {
  readonly name: string;
  readonly secret: string;
  readonly schema: unknown;
  readonly clk_bits: number;
  readonly xor_folds_effective: number;
  readonly feature_keys_hex: readonly (readonly string[])[];
  readonly tokens_of_rows: Readonly<Record<string, Readonly<Record<string, TokensOfFeature>>>>;
  readonly clks_base64: readonly string[];
  readonly popcounts: readonly number[];
}

interface TokenValue {
  readonly fn: 'blakeHash' | 'doubleHash';
  readonly token: string;
  readonly encoding: string;
  readonly k: number;
  readonly l: number;
  readonly indices_in_order: readonly number[];
  readonly key_hex: string;
  readonly key_sha1_hex: string;
  readonly key_md5_hex: string;
  readonly prevent_singularity: boolean;
  readonly h_sha1_mod_l: number;
  readonly h_md5_mod_l: number;
}

interface FilterFile {
  readonly rows: readonly (readonly string[])[];
  readonly cases: readonly FilterCase[];
  readonly micro: readonly TokenValue[];
}

/** Filters, keys, tokens and bit positions as clkhash computes them. */
export function run(content: string): VectorResult {
  const { rows, cases, micro } = JSON.parse(content) as FilterFile;
  const tally = new Tally();
  for (const filterCase of cases) checkCase(filterCase, rows, tally);
  micro.forEach((value, i) => checkToken(value, `micro[${i}]`, tally));
  return tally;
}

function checkCase(filterCase: FilterCase, rows: FilterFile['rows'], tally: Tally): void {
  const { name } = filterCase;
  const schema = parseClkhashSchema(filterCase.schema);
  const secret = utf8ToBytes(filterCase.secret);
  tally.equal(`${name}: length`, schema.bits, filterCase.clk_bits);
  tally.equal(`${name}: folds`, schema.xorFolds, filterCase.xor_folds_effective);
  const keys = clkhashKeys(schema, secret).map((pair) => pair.map(bytesToHex));
  tally.equal(`${name}: keys`, keys, filterCase.feature_keys_hex);
  for (const [id, features] of Object.entries(filterCase.tokens_of_rows)) {
    checkTokens(`${name}: row ${id}`, schema, rows.find(([rowId]) => rowId === id), features, tally);
  }
  const encoder = createClkhashEncoder(schema, secret);
  tally.equal(`${name}: number of filters`, rows.length, filterCase.clks_base64.length);
  rows.forEach((row, i) => {
    const filter = encoder.encode(row);
    const encoded = filter instanceof Uint8Array;
    tally.equal(`${name}: filter ${i}`, encoded ? toBase64(filter) : filter, filterCase.clks_base64[i]);
    tally.equal(`${name}: weight ${i}`, encoded ? onesIn(filter) : undefined, filterCase.popcounts[i]);
  });
}

/** Tokens of rows whose record the file does not hold start from the formatted value. */
function checkTokens(
  label: string, schema: ClkhashSchema, row: readonly string[] | undefined,
  features: Readonly<Record<string, TokensOfFeature>>, tally: Tally,
): void {
  for (const [identifier, expected] of Object.entries(features)) {
    const place = schema.features.findIndex((feature) => feature.identifier === identifier);
    const feature = schema.features[place];
    if (feature === undefined || !('hash' in feature)) {
      tally.holds(`${label}, ${identifier}: is a hashed feature`, false);
      continue;
    }
    if (row !== undefined) {
      const formatted = formatClkhashValue(feature, row[place]);
      tally.equal(`${label}, ${identifier}: formatted`, formatted, { value: expected.formatted });
    }
    const tokens = clkhashTokens(expected.formatted, feature.comparison) ?? [];
    tally.equal(`${label}, ${identifier}: tokens`, tokens, expected.tokens);
    tally.equal(`${label}, ${identifier}: bits`, bitsOfTokens(feature.strategy, tokens.length), expected.k_per_token);
  }
}

function checkToken(value: TokenValue, label: string, tally: Tally): void {
  tally.equal(`${label}: encoding`, value.encoding, 'utf-8');
  const token = utf8ToBytes(value.token);
  if (value.fn === 'blakeHash') {
    const key = hexToBytes(value.key_hex);
    const positions = clkhashPositions({ type: 'blakeHash' }, [key, key], token, value.k, value.l);
    return tally.equal(label, positions, value.indices_in_order);
  }
  const keys = [hexToBytes(value.key_sha1_hex), hexToBytes(value.key_md5_hex)] as const;
  const hashes = doubleHashes(keys, token, value.l, value.prevent_singularity);
  tally.equal(`${label}: hashes`, hashes.map(Number), [value.h_sha1_mod_l, value.h_md5_mod_l]);
  const hash = { type: 'doubleHash', preventSingularity: value.prevent_singularity } as const;
  tally.equal(label, clkhashPositions(hash, keys, token, value.k, value.l), value.indices_in_order);
}

function onesIn(filter: Uint8Array): number {
  return filter.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}
