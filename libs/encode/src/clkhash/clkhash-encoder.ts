import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { assertRoom } from '../record-encoder.js';
import { BATCH_RECORDS, FilterKernel, alignedBytes } from '../filter-kernel.js';
import { FilterMemo } from '../filter-memo.js';
import { FilterStore } from '../filter-store.js';
import { JoinList } from '../join-list.js';
import { LinearHardening } from '../linear-hardening.js';
import { NameJoins } from '../name-joins.js';
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

/** A refusal in row `row` of many, from 0. */
export interface ClkhashRowRefusal extends ClkhashRefusal {
  readonly row: number;
}

export interface ClkhashEncoder {
  /** Names of the columns, in order. */
  readonly identifiers: readonly string[];
  /** Bytes of a filter: its bits and zeros up to a whole byte. */
  readonly filterBytes: number;
  /**
   * The filter of a record, most significant bit first; or the refusals.
   *
   * @throws RangeError when the number of values is not the number of features.
   */
  encode(values: readonly string[]): Uint8Array | readonly ClkhashRefusal[];
  /**
   * The same for many records, far faster than one by one: filters back to back in `out` from `offset` on.
   * Returns the refusals by row and column; filters of refused rows mean nothing.
   *
   * @throws RangeError when a number of values is not the number of features, or for lack of room in `out`;
   *   nothing is written then.
   */
  encodeRows(
    rows: readonly (readonly string[])[], out: Uint8Array, offset: number,
  ): readonly ClkhashRowRefusal[];
}

const MEMO_CAPACITY = 1 << 16;
/** For all memos of an encoder, each of two generations. */
const MEMO_BYTES = 1 << 29;

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
  return new BatchClkhashEncoder(schema, secret);
}

/** Encodes up to 128 records at a time. */
class BatchClkhashEncoder implements ClkhashEncoder {
  readonly identifiers: readonly string[];
  readonly filterBytes: number;
  private readonly kernel = new FilterKernel();
  private readonly store: FilterStore;
  /** Address of the filters of a batch before folding, and after it back to back. */
  private readonly filters: number;
  private readonly folded: number;
  private readonly fold: LinearHardening | undefined;
  private readonly features: readonly (FeatureEncoder | undefined)[];

  constructor(schema: ClkhashSchema, secret: Uint8Array) {
    const keys = clkhashKeys(schema, secret);
    const length = schema.bits * 2 ** schema.xorFolds;
    this.identifiers = schema.features.map(({ identifier }) => identifier);
    this.filterBytes = Math.ceil(schema.bits / 8);
    this.store = new FilterStore(new JoinList(this.kernel), alignedBytes(length));
    this.filters = this.store.allocate(BATCH_RECORDS);
    this.folded = this.kernel.allocate(BATCH_RECORDS * this.filterBytes);
    this.fold = schema.xorFolds === 0 ? undefined
      : new LinearHardening(this.kernel, [foldSets(schema.bits, schema.xorFolds)], length);
    const memoBytes = MEMO_BYTES / schema.features.length / 4;
    const capacity = Math.min(MEMO_CAPACITY, Math.max(1, Math.floor(memoBytes / this.store.filterBytes)));
    this.features = schema.features.map((feature, i) =>
      ('hash' in feature ? new FeatureEncoder(feature, keys[i], length, this.store, capacity) : undefined));
  }

  encode(values: readonly string[]): Uint8Array | readonly ClkhashRefusal[] {
    const filter = new Uint8Array(this.filterBytes);
    const refusals = this.encodeRows([values], filter, 0);
    return refusals.length > 0 ? refusals.map(({ feature, reason }) => ({ feature, reason })) : filter;
  }

  encodeRows(rows: readonly (readonly string[])[], out: Uint8Array, offset: number): ClkhashRowRefusal[] {
    const { features, filterBytes } = this;
    for (const values of rows) {
      if (values.length === features.length) continue;
      throw new RangeError(`expected ${features.length} values, got ${values.length}`);
    }
    assertRoom(out, offset, rows.length * filterBytes);
    const refusals: ClkhashRowRefusal[] = [];
    for (let first = 0; first < rows.length; first += BATCH_RECORDS) {
      const count = Math.min(BATCH_RECORDS, rows.length - first);
      this.encodeBatch(rows, first, count, refusals);
      const { kernel: { bytes }, folded } = this;
      out.set(bytes.subarray(folded, folded + count * filterBytes), offset + first * filterBytes);
    }
    return refusals;
  }

  private encodeBatch(
    rows: readonly (readonly string[])[], first: number, count: number, refusals: ClkhashRowRefusal[],
  ): void {
    const { store, filters, features, folded, filterBytes } = this;
    store.clear(filters, count);
    const refused: RefusedValue[] = [];
    for (let f = 0; f < features.length; f++) {
      const feature = features[f];
      if (feature === undefined) continue;
      feature.refuse = (filter, reason) => refused.push({ filter, feature: f, reason });
      for (let i = 0; i < count; i++) feature.add(rows[first + i][f], filters + i * store.filterBytes);
      feature.settle();
    }
    refused.sort((a, b) => a.filter - b.filter || a.feature - b.feature);
    for (const { filter, feature, reason } of refused) {
      const row = first + (filter - filters) / store.filterBytes;
      refusals.push({ row, feature: this.identifiers[feature], reason });
    }
    store.joins.flush();
    if (this.fold !== undefined) this.fold.harden(filters, store.filterBytes, folded, filterBytes);
    else this.kernel.run.copyRows(filters, store.filterBytes, folded, filterBytes, filterBytes, count);
  }
}

/** A refusal in a batch: the address of the record's filter stands for its row. */
interface RefusedValue {
  readonly filter: number;
  readonly feature: number;
  readonly reason: string;
}

/** Folding so often in halves joins the bits that are `bits` apart. */
function foldSets(bits: number, folds: number): number[][] {
  const parts = Array.from({ length: 2 ** folds }, (_, k) => k * bits);
  return Array.from({ length: bits }, (_, i) => parts.map((part) => i + part));
}

const SURROGATE = /[\uD800-\uDFFF]/;

class FeatureEncoder {
  private readonly format: (value: string) => Formatted;
  private readonly bytesOf: (token: string) => Uint8Array | undefined;
  /** Whether the schema's encoding has bytes for every text. */
  private readonly writesEverything: boolean;
  private readonly values: FilterMemo;
  private readonly tokens: FilterMemo;
  private readonly names: NameJoins;
  private readonly windows: NameJoins;
  /** Told why the value of a record at an address is refused. */
  refuse: (filter: number, reason: string) => void = () => undefined;

  constructor(
    private readonly feature: ClkhashFeature, private readonly keys: readonly [Uint8Array, Uint8Array],
    private readonly length: number, private readonly store: FilterStore, capacity: number,
  ) {
    this.format = valueFormatter(feature);
    this.bytesOf = textEncoder(feature.format.encoding ?? 'utf-8') as (token: string) => Uint8Array | undefined;
    this.writesEverything = this.bytesOf('\u{10ffff}') !== undefined;
    this.values = new FilterMemo(store, capacity);
    this.tokens = new FilterMemo(store, capacity);
    const whole = [{ from: 0, to: 0, bytes: store.filterBytes }];
    this.names = new NameJoins(this.values, whole, (value, filter) => this.addUnlisted(value, filter));
    this.windows = new NameJoins(this.tokens, whole, (token, filter) => this.addWindow(token, filter));
  }

  /** Adds the bits of a value to the filter at `filter`, or refuses it; at the latest at `settle`. */
  add(value: string, filter: number): void {
    if (!this.names.putText(value, 0, value.length, filter)) this.addUnlisted(value, filter);
  }

  /** Adds or refuses all values so far; the joins that are listed then are done by the list's `flush`. */
  settle(): void {
    this.names.settle();
  }

  private addUnlisted(value: string, filter: number): void {
    const at = this.values.find(value) ?? this.learn(value);
    if (typeof at === 'string') this.refuse(filter, at);
    else this.names.join(at, filter);
  }

  /** Address of the filter of a value, or why it is refused. */
  private learn(value: string): number | string {
    const formatted = this.format(value);
    if ('refusal' in formatted) return formatted.refusal;
    const { comparison, strategy } = this.feature;
    const isPlain = comparison.type === 'ngram' && !comparison.positional && this.writesEverything
      && 'bitsPerToken' in strategy && strategy.bitsPerToken > 0 && !SURROGATE.test(formatted.value);
    if (isPlain && formatted.value !== '') return this.learnWindows(value, formatted.value, comparison.n);
    const tokens = this.tokensOf(formatted.value);
    return typeof tokens === 'string' ? tokens : this.learnTokens(value, tokens);
  }

  /** As `learnTokens` with the n-grams of `formatted`, which are looked up where they stand in it. */
  private learnWindows(value: string, formatted: string, n: number): number {
    const padding = ' '.repeat(n - 1);
    const padded = padding + formatted + padding;
    const at = this.values.reserve(value);
    for (let from = 0; from + n <= padded.length; from++) {
      if (!this.windows.putText(padded, from, from + n, at)) this.addWindow(padded.slice(from, from + n), at);
    }
    this.windows.settle();
    return at;
  }

  /** Adds the bits of an n-gram to the filter of a value. */
  private addWindow(token: string, filter: number): void {
    const { strategy } = this.feature;
    const bits = 'bitsPerToken' in strategy ? strategy.bitsPerToken : 0;
    this.store.join(filter, this.tokens.find(token) ?? this.learnToken(token, token, bits));
  }

  /** The tokens of a formatted value, or why it is refused. */
  private tokensOf(formatted: string): readonly string[] | string {
    const tokens = clkhashTokens(formatted, this.feature.comparison);
    if (tokens === undefined) return 'expected a number';
    if (this.writesEverything || tokens.every((token) => this.bytesOf(token) !== undefined)) return tokens;
    return 'expected text of the schema\'s encoding';
  }

  private learnTokens(value: string, tokens: readonly string[]): number {
    const { strategy } = this.feature;
    const counts = bitsOfTokens(strategy, tokens.length);
    if (counts.every((count) => count === 0)) return this.values.setNone(value);
    const at = this.values.reserve(value);
    tokens.forEach((token, i) => {
      // bitsPerFeature gives a token more or fewer bits with its neighbours.
      const name = 'bitsPerToken' in strategy ? token : `${counts[i]} ${token}`;
      this.store.join(at, this.tokens.find(name) ?? this.learnToken(name, token, counts[i]));
    });
    return at;
  }

  private learnToken(name: string, token: string, count: number): number {
    const at = this.tokens.reserve(name);
    const bytes = this.bytesOf(token) as Uint8Array;
    for (const position of clkhashPositions(this.feature.hash, this.keys, bytes, count, this.length)) {
      this.store.setBit(at, position);
    }
    return at;
  }
}
