import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { packBits, unpackBits, type Bits } from '../bits.js';
import { BoundedMemo } from '../bounded-memo.js';
import { FilterMemo, NO_FILTER } from '../filter-memo.js';
import { setBit } from '../filter-words.js';
import { xorFold } from '../hardening.js';
import { fromBase64 } from './base64.js';
import { clkhashTokens } from './comparison.js';
import type { ClkhashFeature, ClkhashSchema } from './schema.js';
import { textEncoder } from './text-encoding.js';
import { clkhashPositions } from './token-hashing.js';
import { formatter, type Formatted } from './value-format.js';

/** A value that the schema refuses; `feature` is its identifier. */
export interface ClkhashRefusal {
  readonly feature: string;
  readonly reason: string;
}

export interface ClkhashEncoder {
  /** Names of the columns, in order. */
  readonly identifiers: readonly string[];
  /**
   * The filter of a record, most significant bit first, zero bits up to a whole byte; or the refusals.
   *
   * @throws RangeError when the number of values is not the number of features.
   */
  encode(values: readonly string[]): Uint8Array | readonly ClkhashRefusal[];
}

const MEMO_CAPACITY = 1 << 15;
/** Memos of positions; bitsPerFeature makes one for each number of tokens that a value can have. */
const MAX_COUNTS = 64;

/** The keys of each feature, ignored ones included: one HKDF (RFC 5869) cut into `keySize` pieces. */
export function clkhashKeys(
  schema: ClkhashSchema, secret: Uint8Array,
): (readonly [Uint8Array, Uint8Array])[] {
  const { hash, salt, info, keySize } = schema.kdf;
  const length = 2 * schema.features.length * keySize;
  const stream = hkdf(hash === 'SHA256' ? sha256 : sha512, secret, fromBase64(salt), fromBase64(info), length);
  return schema.features.map((_, i) => [
    stream.slice(2 * i * keySize, (2 * i + 1) * keySize),
    stream.slice((2 * i + 1) * keySize, (2 * i + 2) * keySize),
  ] as const);
}

/** Formats a value of a feature; the sentinel of a missing value is replaced and not formatted. */
export function formatClkhashValue(feature: ClkhashFeature, value: string): Formatted {
  return valueFormatter(feature)(value);
}

function valueFormatter(feature: ClkhashFeature): (value: string) => Formatted {
  const format = formatter(feature.format);
  const missing = feature.missingValue;
  if (missing === undefined) return format;
  return (value) => (value === missing.sentinel ? { value: missing.replaceWith ?? value } : format(value));
}

/**
 * Bit positions that each of `tokens` tokens gets: bitsPerFeature is shared out, the rest to the first ones.
 */
export function bitsOfTokens(strategy: ClkhashFeature['strategy'], tokens: number): number[] {
  if ('bitsPerToken' in strategy) return Array<number>(tokens).fill(strategy.bitsPerToken);
  const each = Math.floor(strategy.bitsPerFeature / tokens);
  return Array.from({ length: tokens }, (_, i) => each + (i < strategy.bitsPerFeature % tokens ? 1 : 0));
}

/** Encodes records as clkhash 0.18.3 does, bit for bit; values and tokens are memoised as filters. */
export function createClkhashEncoder(schema: ClkhashSchema, secret: Uint8Array): ClkhashEncoder {
  const keys = clkhashKeys(schema, secret);
  const length = schema.bits * 2 ** schema.xorFolds;
  const features = schema.features.map((feature, i) =>
    ('hash' in feature ? new FeatureEncoder(feature, keys[i], length) : undefined));
  const record = new Uint32Array(Math.ceil(length / 32));
  const bytes = new Uint8Array(record.buffer, 0, Math.ceil(length / 8));
  return {
    identifiers: schema.features.map(({ identifier }) => identifier),
    encode(values) {
      if (values.length !== features.length) {
        throw new RangeError(`expected ${features.length} values, got ${values.length}`);
      }
      record.fill(0);
      let refusals: ClkhashRefusal[] | undefined;
      for (let i = 0; i < features.length; i++) {
        const refusal = features[i]?.add(values[i], record);
        if (refusal !== undefined) (refusals ??= []).push(refusal);
      }
      return refusals ?? folded(bytes, length, schema.xorFolds);
    },
  };
}

/** A copy of the filter, its halves joined by XOR `folds` times. */
function folded(bytes: Uint8Array, length: number, folds: number): Uint8Array {
  const left = length / 2 ** folds;
  if (left % 8 !== 0) {
    let bits: Bits = unpackBits(bytes, length);
    for (let fold = 0; fold < folds; fold++) bits = xorFold(bits);
    return packBits(bits);
  }
  const filter = bytes.slice(0, left / 8);
  for (let at = filter.length; at < bytes.length; at++) filter[at % filter.length] ^= bytes[at];
  return filter;
}

class FeatureEncoder {
  private readonly format: (value: string) => Formatted;
  private readonly bytesOf: (token: string) => Uint8Array | undefined;
  private readonly values: FilterMemo;
  /** Positions of tokens by their number: bitsPerFeature gives a token more or fewer with its neighbours. */
  private readonly positions = new Map<number, BoundedMemo<number[]>>();

  constructor(
    private readonly feature: ClkhashFeature, private readonly keys: readonly [Uint8Array, Uint8Array],
    private readonly length: number,
  ) {
    this.format = valueFormatter(feature);
    this.bytesOf = textEncoder(feature.format.encoding ?? 'utf-8') as (token: string) => Uint8Array | undefined;
    this.values = new FilterMemo(MEMO_CAPACITY, Math.ceil(length / 32));
  }

  /** Adds the bits of a value to `record`; returns why it is refused. */
  add(value: string, record: Uint32Array): ClkhashRefusal | undefined {
    let at = this.values.find(value);
    if (at === undefined) {
      const positions = this.positionsOfValue(value);
      if (typeof positions === 'string') return { feature: this.feature.identifier, reason: positions };
      at = positions.length === 0 ? this.values.setNone(value) : this.values.reserve(value);
      for (const list of positions) for (const position of list) setBit(this.values.words, at, position);
    }
    if (at === NO_FILTER) return undefined;
    const { words } = this.values;
    for (let word = 0; word < record.length; word++) record[word] |= words[at + word];
    return undefined;
  }

  /** The positions of each token of a value, or why it is refused. */
  private positionsOfValue(value: string): number[][] | string {
    const { comparison, strategy } = this.feature;
    const formatted = this.format(value);
    if ('refusal' in formatted) return formatted.refusal;
    const tokens = clkhashTokens(formatted.value, comparison);
    if (tokens === undefined) return 'expected a number';
    const counts = bitsOfTokens(strategy, tokens.length);
    const lists = tokens.map((token, i) => this.positionsOf(token, counts[i]));
    return lists.includes(undefined) ? 'expected text of the schema\'s encoding' : lists as number[][];
  }

  private positionsOf(token: string, count: number): number[] | undefined {
    const memo = this.memoOf(count);
    const known = memo.get(token);
    if (known !== undefined) return known;
    const bytes = this.bytesOf(token);
    if (bytes === undefined) return undefined;
    const positions = clkhashPositions(this.feature.hash, this.keys, bytes, count, this.length);
    memo.set(token, positions);
    return positions;
  }

  private memoOf(count: number): BoundedMemo<number[]> {
    let memo = this.positions.get(count);
    if (memo === undefined) {
      if (this.positions.size >= MAX_COUNTS) this.positions.clear();
      this.positions.set(count, memo = new BoundedMemo(MEMO_CAPACITY));
    }
    return memo;
  }
}
