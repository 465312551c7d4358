import { VinculumError } from '#libs/record';
import { BoundedMemo } from './bounded-memo.js';
import type { EncodingSpec } from './encoding-spec.js';
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
 * The fast encoder: values and tokens are memoised as masks and positions, linear hardening is a table of
 * columns. `createReferenceEncoder` is its readable twin and gives the same bytes.
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
  readonly values: BoundedMemo<EncodedValue>;
  readonly positions: BoundedMemo<number[]>;
}

/** The bits that one value sets, and what linear hardening makes of them alone. */
interface EncodedValue {
  readonly mask: Uint32Array;
  readonly image: Uint32Array;
}

class SegmentEncoder {
  readonly bytes: number;
  private readonly inner: Uint32Array;
  private readonly overlap: Uint32Array;
  private readonly output: Uint32Array;
  private readonly linear: LinearMap | undefined;
  private readonly rest: readonly BitStep[];
  private readonly sources: readonly (readonly [TokenSource, Memos])[];

  constructor(private readonly plan: SegmentPlan, secret: Uint8Array, randomBytes: RandomBytes) {
    this.bytes = plan.segment.bits / 8;
    this.inner = new Uint32Array(plan.innerBits / 32);
    this.overlap = new Uint32Array(plan.innerBits / 32);
    const steps = hardeningChain(plan, secret, randomBytes);
    const firstOther = steps.findIndex((step) => !step.linear);
    const linear = firstOther < 0 ? steps : steps.slice(0, firstOther);
    this.rest = steps.slice(linear.length);
    const linearBits = linear.reduce((bits, step) => step.apply(new Uint8Array(bits)).length, plan.innerBits);
    this.linear = linear.length > 0 ? new LinearMap(linear, plan.innerBits, linearBits) : undefined;
    this.output = this.linear ? new Uint32Array(linearBits / 32) : this.inner;
    const memos = new Map(plan.sources.map((source) => [source.memoName, newMemos()]));
    this.sources = plan.sources.map((source) => [source, memos.get(source.memoName) as Memos]);
  }

  encode(values: readonly string[], out: Uint8Array, offset: number): void {
    if (!this.collect(values)) {
      out.fill(0, offset, offset + this.bytes);
      return;
    }
    if (this.rest.length === 0) {
      writeBigEndian(this.output, out, offset);
      return;
    }
    const packed = new Uint8Array(this.output.length * 4);
    writeBigEndian(this.output, packed, 0);
    out.set(applyChain(this.rest, packed, this.output.length * 32), offset);
  }

  /** Fills `output` with the record's tokens, linearly hardened; false when there is none. */
  private collect(values: readonly string[]): boolean {
    const salt = this.plan.saltOf?.(values);
    let any = false;
    for (const [source, memos] of this.sources) {
      const value = this.encodedValue(source, memos, values, salt);
      if (value === NO_TOKENS) continue;
      if (any) this.join(value);
      else {
        this.inner.set(value.mask);
        this.output.set(value.image);
        any = true;
      }
    }
    return any;
  }

  /**
   * Sets the bits of one more value. A linear map L has L(a or b) = L(a) xor L(b) xor L(a and b), and few
   * bits are in both: that, and not the map of the whole filter, is the work left for each record.
   */
  private join({ mask, image }: EncodedValue): void {
    const { inner, overlap, output, linear } = this;
    for (let word = 0; word < inner.length; word++) {
      overlap[word] = inner[word] & mask[word];
      inner[word] |= mask[word];
    }
    if (linear === undefined) return;
    for (let word = 0; word < output.length; word++) output[word] ^= image[word];
    linear.addTo(overlap, output);
  }

  private encodedValue(
    source: TokenSource, memos: Memos, values: readonly string[], salt: string | undefined,
  ): EncodedValue {
    const { columns } = source;
    const text = columns.length === 1 ? values[columns[0]] : columns.map((column) => values[column]).join('\n');
    if (text === '') return NO_TOKENS;
    const key = saltedToken(salt, text);
    const known = memos.values.get(key);
    if (known !== undefined) return known;
    const tokens = source.tokensOf(columns.map((column) => values[column]));
    const value = tokens.length === 0 ? NO_TOKENS : this.encodeTokens(source, memos, tokens, salt);
    memos.values.set(key, value);
    return value;
  }

  private encodeTokens(
    source: TokenSource, memos: Memos, tokens: readonly string[], salt: string | undefined,
  ): EncodedValue {
    const mask = new Uint32Array(this.inner.length);
    for (const token of tokens) {
      for (const position of positionsOf(source, memos, saltedToken(salt, token))) {
        mask[position >>> 5] |= 0x80000000 >>> (position & 31);
      }
    }
    if (this.linear === undefined) return { mask, image: mask };
    const image = new Uint32Array(this.output.length);
    this.linear.addTo(mask, image);
    return { mask, image };
  }
}

const NO_TOKENS: EncodedValue = { mask: new Uint32Array(0), image: new Uint32Array(0) };

function newMemos(): Memos {
  return { values: new BoundedMemo(MEMO_CAPACITY), positions: new BoundedMemo(MEMO_CAPACITY) };
}

function positionsOf(source: TokenSource, memos: Memos, token: string): number[] {
  const known = memos.positions.get(token);
  if (known !== undefined) return known;
  const positions = source.hasher(token, source.bitsPerToken);
  memos.positions.set(token, positions);
  return positions;
}

function writeBigEndian(words: Uint32Array, out: Uint8Array, offset: number): void {
  let at = offset;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    out[at] = word >>> 24;
    out[at + 1] = word >>> 16;
    out[at + 2] = word >>> 8;
    out[at + 3] = word;
    at += 4;
  }
}
