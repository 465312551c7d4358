import { bitsPerTokenOfField } from './bits-per-token.js';
import { completeDate, datePartsOf, dateTokens, readPartialDate, type PartialDate } from './date-tokens.js';
import { innerBits, tokenTypeOf, type EncodingSpec, type SegmentSpec, type TokenType } from './encoding-spec.js';
import type { KeyedHashing } from './keyed-hashing.js';
import { deriveKey } from './keys.js';
import { familyOf, inCanonicalOrder, type Role } from './roles.js';
import { exactToken, positionedBigrams, sexToken, wordBigrams } from './text-tokens.js';
import type { TokenHasher } from './token-positions.js';

/** Where tokens of a segment come from: one field, or the parts of a birth date together. */
export interface TokenSource {
  /** Positions of the source's values among the values of a record. */
  readonly columns: readonly number[];
  /** Tokens of the values of `columns`; none where all are missing. */
  readonly tokensOf: (values: readonly string[]) => string[];
  /** Whether the tokens of a value are those of its parts between spaces, taken one by one. */
  readonly byParts: boolean;
  readonly bitsPerToken: number;
  readonly hasher: TokenHasher;
  /** Length of the filter that `hasher` gives positions of. */
  readonly filterBits: number;
  readonly tokenType: TokenType;
  /** Whether the only column is a whole date of birth. */
  readonly isDate: boolean;
  /** Equal for sources in which equal values set equal bits. */
  readonly memoName: string;
}

/** What is needed to encode one segment, derived once from spec and secret. */
export interface SegmentPlan {
  readonly segment: SegmentSpec;
  readonly innerBits: number;
  readonly sources: readonly TokenSource[];
  /** Year of birth that salts each token, with the unknown digits as `?`; undefined without salting. */
  readonly saltOf: ((values: readonly string[]) => string) | undefined;
}

/** Roles of a spec in canonical order: the order of the values that an encoder takes. */
export function rolesOfSpec(spec: EncodingSpec): Role[] {
  return inCanonicalOrder(spec.segments.flatMap((segment) => segment.fields.map((field) => field.role)));
}

export function planSegment(
  segment: SegmentSpec, roles: readonly Role[], secret: Uint8Array, hashing: KeyedHashing,
): SegmentPlan {
  const length = innerBits(segment);
  const hashers = new Map<string, TokenHasher>();
  const hasherOf = (family: string): TokenHasher => {
    const hasher = hashers.get(family)
      ?? hashing.tokenHasher(deriveKey(secret, 'tokens', segment.name, family), length);
    hashers.set(family, hasher);
    return hasher;
  };
  const dates = segment.fields.filter((field) => tokenTypeOf(field) === 'date');
  const texts = segment.fields.filter((field) => !dates.includes(field));
  const birthRoles = inCanonicalOrder(dates.map((field) => field.role));
  const birthColumns = birthRoles.map((role) => roles.indexOf(role));
  const dateOf = (values: readonly string[]): PartialDate => readBirthDate(birthRoles, values);
  const sources = texts.map((field): TokenSource => {
    const type = tokenTypeOf(field);
    const bitsPerToken = bitsPerTokenOfField(segment, field);
    return {
      columns: [roles.indexOf(field.role)], tokensOf: ([value]) => textTokens(type, value), bitsPerToken,
      byParts: type === 'word-bigrams', filterBits: length, tokenType: type, isDate: false,
      hasher: hasherOf(familyOf(field.role)), memoName: `${familyOf(field.role)} ${type} ${bitsPerToken}`,
    };
  });
  if (dates.length > 0) {
    sources.push({
      columns: birthColumns, tokensOf: (values) => dateTokens(dateOf(values)), byParts: false,
      filterBits: length, tokenType: 'date', isDate: birthRoles.join() === 'birthDate',
      bitsPerToken: bitsPerTokenOfField(segment, dates[0]),
      hasher: hasherOf('birth'), memoName: 'birth',
    });
  }
  const salted = segment.hardening?.some((step) => step.type === 'birth-year-salt');
  return {
    segment, innerBits: length, sources,
    saltOf: salted ? (values) => dateOf(birthColumns.map((column) => values[column])).year : undefined,
  };
}

function textTokens(type: TokenType, value: string): string[] {
  switch (type) {
    case 'word-bigrams': return wordBigrams(value);
    case 'positioned-bigrams': return positionedBigrams(value);
    case 'sex': return sexToken(value);
    default: return exactToken(value);
  }
}

function readBirthDate(roles: readonly Role[], values: readonly string[]): PartialDate {
  const value = (role: Role): string => values[roles.indexOf(role)] ?? '';
  const parts = datePartsOf(value('birthYear'), value('birthMonth'), value('birthDay'));
  return completeDate(readPartialDate(value('birthDate')), parts);
}

/** The token as it is hashed: salted with the year of birth where the segment says so. */
export function saltedToken(salt: string | undefined, token: string): string {
  return salt === undefined ? token : `${salt} ${token}`;
}
