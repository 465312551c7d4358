import { VinculumError } from '#libs/record';
import type { EncodingSpec } from './encoding-spec.js';
import type { RandomBytes } from './hardening-chain.js';
import type { Role } from './roles.js';

/** Encodes records under one spec and secret, one by one; block keys, where the spec has any, come last. */
export interface RecordEncoder {
  /** The values of a record, in this order. */
  readonly roles: readonly Role[];
  /** Bytes of all filters and block keys of a record. */
  readonly recordBytes: number;
  /**
   * Writes the filters of all segments, in the order of the spec, back to back into `out` at `offset`, and
   * the block keys behind. One value for each role; '' is missing. A segment without any token is all zero.
   *
   * @throws RangeError when the number of values or the room in `out` is wrong.
   */
  encode(values: readonly string[], out: Uint8Array, offset: number): void;
}

/** Encodes records one by one or, far faster, many at a time: a record alone takes as long as 128. */
export interface Encoder extends RecordEncoder {
  /**
   * The same for many records, `rowBytes` apart in `out` (default: back to back); bytes between them stay
   * as they are.
   *
   * @throws RangeError when a number of values or the room in `out` is wrong; nothing is written then.
   */
  encodeRows(rows: readonly (readonly string[])[], out: Uint8Array, offset: number, rowBytes?: number): void;
  /**
   * The same for `rows` records whose values are pieces of one text in valid UTF-8, which are not decoded
   * when they were met before: value `v` of row `r` is from byte `fields[2 * (r * roles.length + v)]` to the
   * next number of `fields`.
   *
   * @throws RangeError when `fields` has not two numbers for each value, or for lack of room in `out`.
   */
  encodeFields(
    text: Uint8Array, fields: Uint32Array, rows: number, out: Uint8Array, offset: number, rowBytes?: number,
  ): void;
}

export interface EncoderResources {
  /** Needed by specs with BLIP. */
  readonly randomBytes?: RandomBytes;
}

export function randomBytesFor(spec: EncodingSpec, resources: EncoderResources): RandomBytes {
  const noisy = spec.segments.some((segment) => segment.hardening?.some((step) => step.type === 'blip'));
  if (noisy && resources.randomBytes === undefined) {
    throw new VinculumError('RANDOMNESS_MISSING', 'the spec has a blip step: expected a source of random bytes, got none');
  }
  return resources.randomBytes ?? (() => new Uint8Array(0));
}

export function assertValues(values: readonly string[], roles: readonly Role[]): void {
  if (values.length === roles.length) return;
  throw new RangeError(`expected one value for each of ${roles.length} roles, got ${values.length}`);
}

export function assertRoom(out: Uint8Array, offset: number, bytes: number): void {
  if (offset >= 0 && offset + bytes <= out.length) return;
  throw new RangeError(`expected room for ${bytes} bytes at ${offset}, got ${out.length} bytes in all`);
}
