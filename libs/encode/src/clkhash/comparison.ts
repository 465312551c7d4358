import { pythonFloat, pythonInteger, roundHalfEven } from './python-number.js';

/**
 * How clkhash turns a formatted value into tokens. Windows are over code points; repeated tokens are kept.
 */
export type Comparison =
  | { readonly type: 'ngram'; readonly n: number; readonly positional: boolean }
  | { readonly type: 'exact' }
  | {
    readonly type: 'numeric'; readonly thresholdDistance: number; readonly resolution: number;
    readonly fractionalPrecision: number;
  };

/** Tokens of a value; none for an empty one. Undefined when a numeric comparison gets no number. */
export function clkhashTokens(value: string, comparison: Comparison): string[] | undefined {
  if (value === '') return [];
  switch (comparison.type) {
    case 'exact': return [value];
    case 'numeric': return numericTokens(value, comparison);
    case 'ngram': return ngrams(value, comparison.n, comparison.positional);
  }
}

/** Padded on both sides by n - 1 spaces; a positional token is preceded by its number from 1 and a space. */
function ngrams(value: string, n: number, positional: boolean): string[] {
  const padding = ' '.repeat(n - 1);
  const padded = padding + value + padding;
  // Without surrogates a code point is one unit, and a window is a piece of the text.
  const characters = SURROGATE.test(value) ? [...padded] : undefined;
  const count = Math.max(0, (characters ?? padded).length - n + 1);
  const tokens = new Array<string>(count);
  for (let i = 0; i < count; i++) {
    const window = characters === undefined ? padded.slice(i, i + n) : characters.slice(i, i + n).join('');
    tokens[i] = positional ? `${i + 1} ${window}` : window;
  }
  return tokens;
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** Numbers closer than the threshold distance share tokens, more of them the closer they are. */
function numericTokens(
  value: string, comparison: Extract<Comparison, { type: 'numeric' }>,
): string[] | undefined {
  const { thresholdDistance, resolution, fractionalPrecision } = comparison;
  const scale = 10 ** fractionalPrecision;
  const interval = roundHalfEven(thresholdDistance * scale);
  const scaled = scaledValue(value, fractionalPrecision);
  if (scaled === undefined || interval <= 0n) return undefined;
  const steps = BigInt(resolution);
  const fine = scaled * 2n * steps;
  const rest = ((fine % interval) + interval) % interval;
  const centre = 2n * rest < interval ? fine - rest : fine + (interval - rest);
  return Array.from({ length: 2 * resolution + 1 }, (_, i) =>
    String(centre + (BigInt(i) - steps) * interval));
}

function scaledValue(value: string, precision: number): bigint | undefined {
  const integer = pythonInteger(value);
  if (integer !== undefined) return integer * 10n ** BigInt(precision);
  const float = pythonFloat(value);
  if (float === undefined) return undefined;
  const scaled = float * 10 ** precision;
  if (!Number.isFinite(scaled)) return undefined;
  return precision > 0 ? roundHalfEven(scaled) : BigInt(Math.trunc(scaled));
}
