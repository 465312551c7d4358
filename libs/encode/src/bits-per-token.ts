import { DATE_TOKENS } from './date-tokens.js';
import { fillOf, innerBits, tokenTypeOf, type FieldSpec, type SegmentSpec } from './encoding-spec.js';
import type { Role } from './roles.js';

/**
 * Tokens of an average value, from the average lengths of names, places and numbers in registers. Only
 * the fill of the filters depends on them, and all custodians of a spec use the same.
 */
const EXPECTED_CHARACTERS: Readonly<Record<string, number>> = {
  givenName: 6, familyName: 7, fullName: 14, placeOfBirth: 8, locality: 9, postalCode: 5, address: 18,
  phone: 10, identifier: 9,
};
const EXPECTED_CHARACTERS_OTHERWISE = 8;

/** Average number of tokens of one field. */
export function expectedTokens(field: FieldSpec): number {
  const characters = EXPECTED_CHARACTERS[field.role] ?? EXPECTED_CHARACTERS_OTHERWISE;
  switch (tokenTypeOf(field)) {
    case 'date': return dateTokens(field.role);
    case 'positioned-bigrams': return 2 * (characters + 1);
    case 'word-bigrams': return characters + 1;
    default: return 1;
  }
}

function dateTokens(role: Role): number {
  if (role === 'birthDate') return DATE_TOKENS.full;
  return role === 'birthYear' ? DATE_TOKENS.year : DATE_TOKENS.month;
}

/** Weighted token count of a segment; what one family can hold twice (a name, a birth date) counts once. */
export function expectedTokensOfSegment(segment: SegmentSpec): number {
  const roles = segment.fields.map((field) => field.role);
  const counted = segment.fields.filter(({ role }) =>
    !(role === 'fullName' && roles.includes('familyName'))
    && !(role.startsWith('birth') && role !== 'birthDate' && roles.includes('birthDate')));
  return counted.reduce((sum, field) => sum + expectedTokens(field) * (field.weight ?? 1), 0);
}

/**
 * Bit positions for each token of weight 1. A filter of `L` bits into which `n` tokens set `k` independent
 * positions each has the expected fill `1 - (1 - 1/L)^(k n)`; solved for `k`, rounded, at least 1:
 * `k = ln(1 - fill) / (n ln(1 - 1/L))`.
 */
export function bitsPerToken(segment: SegmentSpec): number {
  const length = innerBits(segment);
  const tokens = expectedTokensOfSegment(segment);
  return Math.max(1, Math.round(Math.log1p(-fillOf(segment)) / (tokens * Math.log1p(-1 / length))));
}

/** Bit positions for each token of a field: the segment's, times the field's weight. */
export function bitsPerTokenOfField(segment: SegmentSpec, field: FieldSpec): number {
  return Math.max(1, Math.round(bitsPerToken(segment) * (field.weight ?? 1)));
}
