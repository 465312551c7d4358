import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { BLOCK_KEY_BITS, canonicalJson, type JsonValue, type SegmentShape } from '#libs/record';
import type { BlockRule } from './block-rules.js';
import type { Role } from './roles.js';

/** How the value of a field becomes tokens; each is described beside its function. */
export const TOKEN_TYPES = ['word-bigrams', 'positioned-bigrams', 'exact', 'sex', 'date'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** A field of a segment. */
export interface FieldSpec {
  readonly role: Role;
  /** Default: by role (`defaultTokenType`). */
  readonly tokens?: { readonly type: TokenType };
  /** Multiplies the bit positions of each token; 0 < weight <= 16, default 1. */
  readonly weight?: number;
}

/** Each output bit is the XOR of `t` input bits (Armknecht, Heng and Schnell 2023). */
export interface DiffusionStep {
  readonly type: 'diffusion';
  /** Input bits for each output bit, 2-64; 10 is the setting that held. */
  readonly t: number;
  /** Length of the filter before diffusion; default: the same as after it. */
  readonly innerBits?: number;
}

/** Randomised response: each bit is flipped with probability `f / 2` (BLIP). */
export interface BlipStep {
  readonly type: 'blip';
  /** 0 < f < 1; epsilon per bit is ln((1 - f/2) / (f/2)). */
  readonly f: number;
}

export interface PlainStep {
  readonly type: 'xor-fold' | 'rule-90' | 'balance' | 'birth-year-salt';
}

/** Hardening steps are applied in order; `birth-year-salt` acts on the token hashing, wherever it stands. */
export type HardeningStep = DiffusionStep | BlipStep | PlainStep;

export interface SegmentSpec {
  readonly name: string;
  /** Length of the delivered filter in bits: a multiple of 64, 64-65536. */
  readonly bits: number;
  /** Share of ones that an average record leaves in the filter before hardening. */
  readonly fill?: number;
  readonly fields: readonly FieldSpec[];
  readonly hardening?: readonly HardeningStep[];
}

/**
 * What the custodians of a project agree on: which fields go into which filter and how it is
 * hardened. A checked document: only `parseEncodingSpec` makes one from JSON.
 */
export interface EncodingSpec {
  readonly kind: 'vinculum-encoding-spec';
  readonly version: 1;
  readonly name: string;
  /** `field-level` together with `acceptSingleField` allows filters of one frequent field. */
  readonly profile: string;
  readonly acceptSingleField?: boolean;
  readonly segments: readonly SegmentSpec[];
  /**
   * Opaque keys beside the filters, at most `MOST_BLOCK_RULES` a record: records with an equal one are
   * compared. They tell who shares a value, so a spec has none unless a board accepts that (`block-keys.md`).
   */
  readonly blocks?: readonly BlockRule[];
}

/** SHA-256 of the spec's canonical JSON (RFC 8785), 64 lower-case hex digits. */
export function encodingSpecHash(spec: EncodingSpec): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(spec as unknown as JsonValue))));
}

/** Names and lengths of the delivered filters, then of the block keys, in order. */
export function segmentShapes({ segments, blocks = [] }: EncodingSpec): SegmentShape[] {
  return [
    ...segments.map(({ name, bits }) => ({ name, bits })),
    ...blocks.map(({ name }) => ({ name, bits: BLOCK_KEY_BITS, block: true as const })),
  ];
}

/** Length of a segment's filter before hardening. */
export function innerBits(segment: SegmentSpec): number {
  return bitsBefore(segment.hardening ?? [], segment.bits);
}

/** Length of the filter that goes into `steps` so that `bits` come out of the last. */
export function bitsBefore(steps: readonly HardeningStep[], bits: number): number {
  return steps.reduceRight((after, step) => {
    if (step.type === 'diffusion') return step.innerBits ?? after;
    if (step.type === 'xor-fold') return after * 2;
    return step.type === 'balance' ? after / 2 : after;
  }, bits);
}

/** Token type of a role when the spec names none. */
export function defaultTokenType(role: Role): TokenType {
  if (role.startsWith('birth')) return 'date';
  if (role === 'sex') return 'sex';
  if (role === 'placeOfBirth') return 'exact';
  if (role === 'postalCode' || role === 'phone' || role === 'identifier') return 'positioned-bigrams';
  return 'word-bigrams';
}

export function tokenTypeOf(field: FieldSpec): TokenType {
  return field.tokens?.type ?? defaultTokenType(field.role);
}

/** Share of ones before hardening when the spec names none: sparse where diffusion will mix the bits. */
export function fillOf(segment: SegmentSpec): number {
  if (segment.fill !== undefined) return segment.fill;
  return segment.hardening?.some((step) => step.type === 'diffusion') ? 0.2 : 0.45;
}
