import { readPartialDate, transliterate, type Role } from '#libs/encode';

/**
 * The tokens that a value leaves in a filter, as an attacker rebuilds them from the published spec: padded
 * bigrams of words and of numbers, single digits of a date with their places, whole values of the rest.
 */
export function knownTokens(role: Role, value: string): string[] {
  if (role === 'birthDate') {
    const { year, month, day } = readPartialDate(value);
    return [...year + month + day].map((digit, i) => `${i}:${digit}`).filter((token) => !token.includes('?'));
  }
  if (role === 'sex' || role === 'placeOfBirth') return [`${role} ${transliterate(value)}`];
  return transliterate(value).split(' ').filter(Boolean).flatMap((part) => bigrams(`_${part}_`));
}

function bigrams(padded: string): string[] {
  return Array.from({ length: padded.length - 1 }, (_, i) => padded.slice(i, i + 2));
}
