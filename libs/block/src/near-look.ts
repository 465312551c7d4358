import { LINE_COLUMNS, type LineDifferences } from './columns.js';

/**
 * A look at 512 columns of two filters that share a key: the pair is near, and is compared in full, if at
 * most `mostInHalf` of the first half of them differ and at most `mostInLine` of all.
 */
export interface LookLimits {
  readonly mostInHalf: number;
  readonly mostInLine: number;
}

/** Shares of differing columns for which probabilities are kept; between them they are interpolated. */
const SHARES = 200;
/** Shares of random pairs that may pass the first half, and the whole line. */
const CHANCE_IN_HALF = [0.003, 0.01, 0.03, 0.1];
const CHANCE_IN_LINE = [0.0002, 0.001, 0.005];

/** What a look tells of pairs that differ in a given share of their columns, taken as drawn at random. */
export interface Look extends LookLimits {
  /** Probability to pass the first half, given the share (0..1). */
  readonly passHalf: (share: number) => number;
  /** Probability to pass both. */
  readonly pass: (share: number) => number;
}

/** Looks that let few random pairs pass; `shares` are the differing columns of random pairs, 0..1. */
export function looksForChance(shares: Float64Array, bits: number): Look[] {
  const half = Math.min(LINE_COLUMNS / 2, bits);
  const line = Math.min(LINE_COLUMNS, bits);
  const chance = shareHistogram(shares);
  const halves = CHANCE_IN_HALF.map((allowed) => mostWithin(chance, half, allowed));
  const lines = CHANCE_IN_LINE.map((allowed) => mostWithin(chance, line, allowed));
  const looks = halves.flatMap((mostInHalf) =>
    lines.map((mostInLine) => look({ mostInHalf: Math.min(mostInHalf, mostInLine), mostInLine }, bits)));
  return looks.filter((one, k) => looks.findIndex((other) =>
    other.mostInHalf === one.mostInHalf && other.mostInLine === one.mostInLine) === k);
}

/** Probabilities of a look at filters of `bits` columns. */
export function look(limits: LookLimits, bits: number): Look {
  const half = Math.min(LINE_COLUMNS / 2, bits);
  const rest = Math.min(LINE_COLUMNS, bits) - half;
  const ofHalf = new Float64Array(SHARES + 1);
  const ofBoth = new Float64Array(SHARES + 1);
  for (let s = 0; s <= SHARES; s++) {
    const inHalf = binomial(half, s / SHARES);
    const upTo = cumulative(binomial(rest, s / SHARES));
    for (let k = 0; k <= Math.min(limits.mostInHalf, half); k++) {
      ofHalf[s] += inHalf[k];
      if (k <= limits.mostInLine) ofBoth[s] += inHalf[k] * upTo[Math.min(limits.mostInLine - k, rest)];
    }
  }
  return { ...limits, passHalf: interpolated(ofHalf), pass: interpolated(ofBoth) };
}

/** For each line, 1 for the pairs that a look there finds near: it says the same in every table. */
export function nearInLines(
  lines: readonly LineDifferences[], { mostInHalf, mostInLine }: LookLimits,
): Uint8Array[] {
  return lines.map(({ inHalf, inLine }) => Uint8Array.from(inHalf, (half, p) =>
    Number(half <= mostInHalf && inLine[p] <= mostInLine)));
}

/** The most differing columns that at most the share `allowed` of random pairs stay within; 0 if none. */
function mostWithin(chance: Float64Array, columns: number, allowed: number): number {
  const within = new Float64Array(columns + 1);
  for (let s = 0; s <= SHARES; s++) {
    if (chance[s] === 0) continue;
    cumulative(binomial(columns, s / SHARES)).forEach((p, k) => { within[k] += chance[s] * p; });
  }
  let most = 0;
  while (most < columns && within[most + 1] <= allowed) most++;
  return most;
}

function shareHistogram(shares: Float64Array): Float64Array {
  const histogram = new Float64Array(SHARES + 1);
  const present = shares.filter((share) => !Number.isNaN(share));
  for (const share of present) histogram[Math.round(share * SHARES)] += 1 / present.length;
  return histogram;
}

/** Probabilities of 0..n successes, n at most 512: from the likelier end, so that nothing underflows. */
function binomial(n: number, p: number): Float64Array {
  if (p > 0.5) return binomial(n, 1 - p).reverse();
  const result = new Float64Array(n + 1);
  let probability = (1 - p) ** n;
  for (let k = 0; k <= n; k++) {
    result[k] = probability;
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return result;
}

function cumulative(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => sum += value);
}

function interpolated(values: Float64Array): (share: number) => number {
  return (share) => {
    const place = Math.min(Math.max(share, 0), 1) * SHARES;
    const below = Math.min(Math.floor(place), SHARES - 1);
    return values[below] + (place - below) * (values[below + 1] - values[below]);
  };
}
