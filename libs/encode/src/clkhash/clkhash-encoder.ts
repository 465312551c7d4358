import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { packBits, type Bits } from '../bits.js';
import { BoundedMemo } from '../bounded-memo.js';
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

const MEMO_CAPACITY = 1 << 16;

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

/** Encodes records as clkhash 0.18.3 does, bit for bit. */
export function createClkhashEncoder(schema: ClkhashSchema, secret: Uint8Array): ClkhashEncoder {
  const keys = clkhashKeys(schema, secret);
  const length = schema.bits * 2 ** schema.xorFolds;
  const features = schema.features.map((feature, i) =>
    ('hash' in feature ? new FeatureEncoder(feature, keys[i], length) : undefined));
  return {
    identifiers: schema.features.map(({ identifier }) => identifier),
    encode(values) {
      if (values.length !== features.length) {
        throw new RangeError(`expected ${features.length} values, got ${values.length}`);
      }
      let bits: Bits = new Uint8Array(length);
      const refusals: ClkhashRefusal[] = [];
      features.forEach((feature, i) => refusals.push(...feature?.set(values[i], bits) ?? []));
      if (refusals.length > 0) return refusals;
      for (let fold = 0; fold < schema.xorFolds; fold++) bits = xorFold(bits);
      return packBits(bits);
    },
  };
}

class FeatureEncoder {
  private readonly format: (value: string) => Formatted;
  private readonly bytesOf: (token: string) => Uint8Array | undefined;
  private readonly memo = new BoundedMemo<number[]>(MEMO_CAPACITY);

  constructor(
    private readonly feature: ClkhashFeature, private readonly keys: readonly [Uint8Array, Uint8Array],
    private readonly length: number,
  ) {
    this.format = valueFormatter(feature);
    this.bytesOf = textEncoder(feature.format.encoding ?? 'utf-8') as (token: string) => Uint8Array | undefined;
  }

  /** Sets the bits of a value; returns why it is refused. */
  set(value: string, bits: Bits): ClkhashRefusal[] {
    const { identifier, comparison, strategy } = this.feature;
    const formatted = this.format(value);
    if ('refusal' in formatted) return [{ feature: identifier, reason: formatted.refusal }];
    const tokens = clkhashTokens(formatted.value, comparison);
    if (tokens === undefined) return [{ feature: identifier, reason: 'expected a number' }];
    const counts = bitsOfTokens(strategy, tokens.length);
    for (let i = 0; i < tokens.length; i++) {
      const positions = this.positionsOf(tokens[i], counts[i]);
      if (positions === undefined) return [{ feature: identifier, reason: 'expected text of the schema\'s encoding' }];
      for (const position of positions) bits[position] = 1;
    }
    return [];
  }

  private positionsOf(token: string, count: number): number[] | undefined {
    const name = `${count} ${token}`;
    const known = this.memo.get(name);
    if (known !== undefined) return known;
    const bytes = this.bytesOf(token);
    if (bytes === undefined) return undefined;
    const positions = clkhashPositions(this.feature.hash, this.keys, bytes, count, this.length);
    this.memo.set(name, positions);
    return positions;
  }
}
