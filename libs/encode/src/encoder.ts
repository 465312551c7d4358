import { VinculumError } from '#libs/record';
import type { EncodingSpec } from './encoding-spec.js';
import { FilterMemo, NO_FILTER } from './filter-memo.js';
import { setBit } from './filter-words.js';
import { applyChain, hardeningChain, type BitStep, type RandomBytes } from './hardening-chain.js';
import { assertSecret } from './keys.js';
import { LinearMap } from './linear-map.js';
import type { Role } from './roles.js';
import { planSegment, rolesOfSpec, saltedToken, type SegmentPlan, type TokenSource } from './segment-plan.js';

/** Encodes records under one spec and secret. */
export interface Encoder {
  /** The values of a record, in this order. */
  readonly roles: readonly Role[];
  /** Bytes of all filters of a record. */
  readonly recordBytes: number;
  /**
   * Writes the filters of all segments, in the order of the spec, back to back into `out` at `offset`. One
   * value for each role; '' is missing. A segment without any token is all zero.
   *
   * @throws RangeError when the number of values or the room in `out` is wrong.
   */
  encode(values: readonly string[], out: Uint8Array, offset: number): void;
}

export interface EncoderResources {
  /** Needed by specs with BLIP. */
  readonly randomBytes?: RandomBytes;
}

/** Values and tokens remembered for each kind of field; bounds memory, not results. */
const MEMO_CAPACITY = 1 << 15;

/**
 * The fast encoder: values and tokens are memoised as filters, hardened as far as the hardening is linear.
 * `createReferenceEncoder` is its readable twin and gives the same bytes.
 *
 * @throws VinculumError SECRET_TOO_SHORT; RANDOMNESS_MISSING when the spec has BLIP and no source is given.
 */
export function createEncoder(
  spec: EncodingSpec, secret: Uint8Array, resources: EncoderResources = {},
): Encoder {
  assertSecret(secret);
  const randomBytes = randomBytesFor(spec, resources);
  const roles = rolesOfSpec(spec);
  const segments = spec.segments.map((segment) =>
    new SegmentEncoder(planSegment(segment, roles, secret), secret, randomBytes));
  const recordBytes = segments.reduce((bytes, segment) => bytes + segment.bytes, 0);
  return {
    roles,
    recordBytes,
    encode(values, out, offset) {
      assertRoom(values, roles, out, offset, recordBytes);
      let at = offset;
      for (const segment of segments) {
        segment.encode(values, out, at);
        at += segment.bytes;
      }
    },
  };
}

export function randomBytesFor(spec: EncodingSpec, resources: EncoderResources): RandomBytes {
  const noisy = spec.segments.some((segment) => segment.hardening?.some((step) => step.type === 'blip'));
  if (noisy && resources.randomBytes === undefined) {
    throw new VinculumError('RANDOMNESS_MISSING', 'the spec has a blip step: expected a source of random bytes, got none');
  }
  return resources.randomBytes ?? (() => new Uint8Array(0));
}

export function assertRoom(
  values: readonly string[], roles: readonly Role[], out: Uint8Array, offset: number, recordBytes: number,
): void {
  if (values.length !== roles.length) {
    throw new RangeError(`expected one value for each of ${roles.length} roles, got ${values.length}`);
  }
  if (offset < 0 || offset + recordBytes > out.length) {
    throw new RangeError(`expected room for ${recordBytes} bytes at ${offset}, got ${out.length} bytes in all`);
  }
}

/** Memos of one kind of value: what sets equal bits shares them. */
interface Memos {
  readonly values: FilterMemo;
  readonly tokens: FilterMemo;
}

/**
 * Encodes one segment. Entries of the memos and the record under work are the words of a filter, followed by
 * the words of what linear hardening makes of it (nothing when there is none).
 */
class SegmentEncoder {
  readonly bytes: number;
  private readonly innerWords: number;
  private readonly record: Uint32Array;
  /** The bytes of `record` that are delivered, or go on to hardening that is not linear. */
  private readonly output: Uint8Array;
  private readonly linear: LinearMap | undefined;
  private readonly rest: readonly BitStep[];
  private readonly sources: readonly (readonly [TokenSource, Memos])[];

  constructor(private readonly plan: SegmentPlan, secret: Uint8Array, randomBytes: RandomBytes) {
    this.bytes = plan.segment.bits / 8;
    this.innerWords = plan.innerBits / 32;
    const steps = hardeningChain(plan, secret, randomBytes);
    const firstOther = steps.findIndex((step) => !step.linear);
    const linear = firstOther < 0 ? steps : steps.slice(0, firstOther);
    this.rest = steps.slice(linear.length);
    const linearBits = linear.reduce((bits, step) => step.apply(new Uint8Array(bits)).length, plan.innerBits);
    this.linear = linear.length > 0 ? new LinearMap(linear, plan.innerBits, linearBits) : undefined;
    this.record = new Uint32Array(this.innerWords + (this.linear?.stride ?? 0));
    this.output = new Uint8Array(this.record.buffer, this.linear ? plan.innerBits / 8 : 0, linearBits / 8);
    const memos = new Map(plan.sources.map((source) => [source.memoName, this.newMemos()]));
    this.sources = plan.sources.map((source) => [source, memos.get(source.memoName) as Memos]);
  }

  encode(values: readonly string[], out: Uint8Array, offset: number): void {
    this.record.fill(0);
    if (!this.collect(values)) {
      out.fill(0, offset, offset + this.bytes);
    } else if (this.rest.length === 0) {
      out.set(this.output, offset);
    } else {
      out.set(applyChain(this.rest, this.output, this.output.length * 8), offset);
    }
  }

  /** Fills `record` with the record's tokens, linearly hardened; false when there is none. */
  private collect(values: readonly string[]): boolean {
    const salt = this.plan.saltOf?.(values);
    let any = false;
    for (const [source, memos] of this.sources) {
      const { columns } = source;
      if (columns.length > 1) {
        const several = columns.map((column) => values[column]);
        any = this.add(source, memos, several.map((value) => `${value.length}:${value}`).join(''), several, salt) || any;
        continue;
      }
      const value = values[columns[0]];
      if (value === '') continue;
      if (!source.byParts || !value.includes(' ')) {
        any = this.add(source, memos, value, [value], salt) || any;
        continue;
      }
      for (const part of value.split(' ')) any = this.add(source, memos, part, [part], salt) || any;
    }
    return any;
  }

  /** Adds the tokens of values that are remembered under `text`; false when there is none. */
  private add(
    source: TokenSource, memos: Memos, text: string, values: readonly string[], salt: string | undefined,
  ): boolean {
    const name = saltedToken(salt, text);
    const at = memos.values.find(name) ?? this.learn(source, memos, name, values, salt);
    if (at === NO_FILTER) return false;
    this.join(this.record, 0, memos.values.words, at);
    return true;
  }

  private learn(
    source: TokenSource, memos: Memos, name: string, values: readonly string[], salt: string | undefined,
  ): number {
    const tokens = source.tokensOf(values);
    if (tokens.length === 0) return memos.values.setNone(name);
    const at = memos.values.reserve(name);
    for (const token of tokens) {
      const salted = saltedToken(salt, token);
      const from = memos.tokens.find(salted) ?? this.learnToken(source, memos.tokens, salted);
      this.join(memos.values.words, at, memos.tokens.words, from);
    }
    return at;
  }

  private learnToken({ hasher, bitsPerToken }: TokenSource, memo: FilterMemo, token: string): number {
    const at = memo.reserve(token);
    for (const position of hasher(token, bitsPerToken)) setBit(memo.words, at, position);
    this.linear?.add(memo.words, at, at + this.innerWords);
    return at;
  }

  private join(target: Uint32Array, at: number, source: Uint32Array, from: number): void {
    if (this.linear !== undefined) this.linear.join(target, at, source, from);
    else for (let word = 0; word < this.innerWords; word++) target[at + word] |= source[from + word];
  }

  private newMemos(): Memos {
    const words = this.record.length;
    return { values: new FilterMemo(MEMO_CAPACITY, words), tokens: new FilterMemo(MEMO_CAPACITY, words) };
  }
}
