/** How the filters of a segment of two extracts go together; see `compareColumns`. */
export type ColumnAgreement = 'same' | 'other-bit-order' | 'different' | 'unclear';

/** Of one segment of one extract. */
export interface ColumnSample {
  /** For each bit the share of the filters that have it. */
  readonly shares: ArrayLike<number>;
  /** Filters that were counted. */
  readonly rows: number;
}

export interface ColumnComparison {
  readonly agreement: ColumnAgreement;
  /** Correlation of the shares times the root of their number: about standard normal for different keys. */
  readonly observed: number;
  /** The same for equal keys and populations alike, as the spread of the shares lets expect. */
  readonly expected: number;
}

/** Other keys reach this with a chance of 3 in 10 million. */
const SAME = 5;
/** Beyond this it is not sure that keys are different. */
const DIFFERENT = 3;
/** Where less is to be expected of equal keys, nothing can be said. */
const ENOUGH = 8;
/** Fewer filters say nothing about how frequent a bit is. */
const LEAST_ROWS = 100;

/**
 * Whether two extracts were encoded with one key, spec and order of bits, from how often each bit is set in
 * either. With equal keys a frequent token sets the same bits in both; with different keys, other ones. Asked
 * of sums over all records, never of pairs: `cross-file.md` says what it gives away.
 *
 * `other-bit-order`: they agree when the bits of one are turned around within bytes, bytes within filters,
 * or both. `unclear`: too few records, or filters whose bits are all equally frequent (strong diffusion).
 *
 * @param a and `b` of filters of the same length, a positive multiple of 8.
 */
export function compareColumns(a: ColumnSample, b: ColumnSample): ColumnComparison {
  const bits = a.shares.length;
  if (Math.min(a.rows, b.rows) < LEAST_ROWS) return { agreement: 'unclear', observed: 0, expected: 0 };
  const observed = correlation(a.shares, b.shares, (bit) => bit) * Math.sqrt(bits);
  const signal = Math.max(signalOf(a), signalOf(b));
  const [seenA, seenB] = [signal + noiseOf(a), signal + noiseOf(b)];
  const expected = seenA === 0 || seenB === 0 ? 0 : (signal / Math.sqrt(seenA * seenB)) * Math.sqrt(bits);
  if (observed >= SAME) return { agreement: 'same', observed, expected };
  const turned = [
    (bit: number): number => bit ^ 7,
    (bit: number): number => bits - 1 - bit,
    (bit: number): number => (bits - 1 - bit) ^ 7,
  ].some((order) => correlation(a.shares, b.shares, order) * Math.sqrt(bits) >= SAME);
  if (turned) return { agreement: 'other-bit-order', observed, expected };
  return { agreement: expected >= ENOUGH && observed < DIFFERENT ? 'different' : 'unclear', observed, expected };
}

/**
 * The verdict on two extracts from those on their segments: one segment that agrees proves the key; registers
 * of people with other names may differ in another.
 */
export function worstAgreement(segments: readonly ColumnAgreement[]): ColumnAgreement {
  return (['other-bit-order', 'same', 'different'] as const).find((one) => segments.includes(one)) ?? 'unclear';
}

/** Variance of the shares beyond what counting so few filters would give; at least 0. */
function signalOf(sample: ColumnSample): number {
  const mean = meanOf(sample.shares);
  let squares = 0;
  for (let bit = 0; bit < sample.shares.length; bit++) squares += (sample.shares[bit] - mean) ** 2;
  return Math.max(0, squares / sample.shares.length - noiseOf(sample));
}

/** Mean variance of a share that is counted in `rows` filters. */
function noiseOf({ shares, rows }: ColumnSample): number {
  let sum = 0;
  for (let bit = 0; bit < shares.length; bit++) sum += shares[bit] * (1 - shares[bit]);
  return sum / shares.length / (rows - 1);
}

/** Pearson's, of `a` with `b` in another order; 0 where one of them does not vary. */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>, orderOfB: (bit: number) => number): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let bit = 0; bit < a.length; bit++) {
    const [x, y] = [a[bit] - meanA, b[orderOfB(bit)] - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : both / Math.sqrt(squaresA * squaresB);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
