import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, type JsonValue } from '#libs/record';
import type { ClkhashFeature, ClkhashSchema } from './schema.js';
import type { FormatSpec } from './value-format.js';

/** Members of a format that change a filter or refuse a value; descriptions and the like do not. */
const FORMAT_MEMBERS: readonly (keyof FormatSpec)[] = [
  'type', 'encoding', 'case', 'minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'format', 'values',
];

/**
 * SHA-256 of the canonical JSON (RFC 8785) of a schema as it was understood, 64 lower-case hex digits: equal
 * for two texts, of whatever version, that give the same filters and refuse the same values.
 */
export function clkhashSchemaHash({ bits, xorFolds, kdf, features }: ClkhashSchema): string {
  const understood = { kind: 'clkhash-schema', bits, xorFolds, kdf, features: features.map(understoodFeature) };
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(understood as unknown as JsonValue))));
}

function understoodFeature(feature: ClkhashSchema['features'][number]): object {
  if ('ignored' in feature) return { identifier: feature.identifier, ignored: true };
  return { ...feature, format: understoodFormat(feature) };
}

function understoodFormat({ format }: ClkhashFeature): object {
  return Object.fromEntries(FORMAT_MEMBERS.flatMap((member) =>
    (format[member] === undefined ? [] : [[member, format[member]]])));
}
