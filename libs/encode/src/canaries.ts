import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { CanaryHash } from '#libs/record';
import { segmentShapes, type EncodingSpec, type SegmentSpec } from './encoding-spec.js';
import { assertSecret, deriveKey } from './keys.js';
import { createReferenceEncoder } from './reference-encoder.js';
import type { Role } from './roles.js';
import type { RecordEncoder } from './record-encoder.js';

/** People who do not exist. */
const CANARIES = 8;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const WORD_LETTERS = 8;

/**
 * Hashes of the filters and block keys of agreed canary records, a hash a segment and a rule: equal at two
 * custodians where key, spec and what their encoders do with them are equal, and different otherwise.
 * `canaries.md` says what they give away.
 *
 * The canaries' values come from the secret, so nobody has to agree on them and only who has the secret knows
 * them. A segment with BLIP has none: its filters differ each time.
 *
 * @param encoder that is tried; the default is the one by definition.
 * @throws VinculumError SECRET_TOO_SHORT.
 */
export function canaryHashes(
  spec: EncodingSpec, secret: Uint8Array, encoder: RecordEncoder = createReferenceEncoder(spec, secret, {
    randomBytes: (count) => new Uint8Array(count),
  }),
): CanaryHash[] {
  assertSecret(secret);
  const filters = new Uint8Array(CANARIES * encoder.recordBytes);
  for (let canary = 0; canary < CANARIES; canary++) {
    const values = encoder.roles.map((role) => canaryValue(role, deriveKey(secret, 'canary', String(canary), role)));
    encoder.encode(values, filters, canary * encoder.recordBytes);
  }
  let at = 0;
  const noisy = new Set(spec.segments.filter(isNoisy).map(({ name }) => name));
  return segmentShapes(spec).flatMap(({ name, bits }): CanaryHash[] => {
    const hash = sha256.create();
    for (let canary = 0; canary < CANARIES; canary++) {
      const from = canary * encoder.recordBytes + at;
      hash.update(filters.subarray(from, from + bits / 8));
    }
    at += bits / 8;
    return noisy.has(name) ? [] : [{ segment: name, sha256: bytesToHex(hash.digest()) }];
  });
}

function isNoisy({ hardening }: SegmentSpec): boolean {
  return hardening?.some(({ type }) => type === 'blip') ?? false;
}

/** A value that the encoder takes for its role, from some random bytes. */
function canaryValue(role: Role, bytes: Uint8Array): string {
  const year = String(1920 + bytes[0] % 90);
  const month = String(1 + bytes[1] % 12).padStart(2, '0');
  const day = String(1 + bytes[2] % 28).padStart(2, '0');
  switch (role) {
    case 'birthDate': return `${year}-${month}-${day}`;
    case 'birthYear': return year;
    case 'birthMonth': return month;
    case 'birthDay': return day;
    case 'sex': return bytes[0] % 2 === 0 ? 'F' : 'M';
    default: return Array.from(bytes.subarray(0, WORD_LETTERS), (byte) => LETTERS[byte % LETTERS.length]).join('');
  }
}
