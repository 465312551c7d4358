import type { EncodedExtract } from '#libs/record';
import { seededRandom } from './seeded-random.js';

/**
 * One table of a blocking plan. Records whose keys are equal become candidates.
 * `equal`: the key is the whole filter of the segment; `sampled`: the key is `columns` of it (Hamming LSH,
 * Indyk and Motwani 1998: two filters that differ in a share d of the columns collide with (1 - d)^w).
 */
export type BlockingTable =
  | { readonly kind: 'equal'; readonly segment: number }
  | { readonly kind: 'sampled'; readonly segment: number; readonly columns: Uint16Array };

export type BlockingPlan =
  | { readonly kind: 'exhaustive'; readonly pairs: number }
  | { readonly kind: 'hamming-lsh'; readonly pairs: number; readonly tables: readonly BlockingTable[] };

export interface BlockingSpec {
  /** Up to this many pairs every pair is compared. */
  readonly exhaustivePairs: number;
  /** Number of sampled tables for each segment. */
  readonly tablesPerSegment: number;
  /** Expected chance candidates of a record in one sampled table; sets the number of columns. */
  readonly candidatesPerRecord: number;
  /** A bucket with more pairs than this is cut: a frequent key tells nothing. */
  readonly maxPairsInBucket: number;
}

/** Sampled columns are drawn among this many of the most variable ones of a segment. */
const COLUMN_POOL = 512;
/** A key is 32 bits, and one key means missing. */
const MAX_COLUMNS = 31;

/**
 * Plans the candidates of a pair of extracts: every pair where that is cheap, else one `equal` table a
 * segment (an unchanged segment always finds its match, even where diffusion pushes near matches towards
 * chance) and `tablesPerSegment` sampled ones.
 */
export function planBlocking(
  a: EncodedExtract, b: EncodedExtract, spec: BlockingSpec, seed: number,
): BlockingPlan {
  const pairs = a === b ? (a.records * (a.records - 1)) / 2 : a.records * b.records;
  if (pairs <= spec.exhaustivePairs) return { kind: 'exhaustive', pairs };
  const random = seededRandom(seed);
  const smaller = Math.min(a.records, b.records);
  const width = Math.min(MAX_COLUMNS, Math.max(1, Math.ceil(Math.log2(smaller / spec.candidatesPerRecord))));
  const tables: BlockingTable[] = a.segments.map((_, segment) => ({ kind: 'equal', segment }));
  a.segments.forEach(({ bits }, segment) => {
    const pool = mostVariableColumns(a, segment, bits);
    for (let table = 0; table < spec.tablesPerSegment; table++) {
      tables.push({ kind: 'sampled', segment, columns: drawColumns(pool, width, random) });
    }
  });
  return { kind: 'hamming-lsh', pairs, tables };
}

/** Columns by p (1 - p) descending; ties by column number. Measured on every record of the extract. */
function mostVariableColumns(extract: EncodedExtract, segment: number, bits: number): Uint16Array {
  const { filters } = extract.segments[segment];
  const bytes = bits / 8;
  const ones = new Float64Array(bits);
  for (let row = 0; row < extract.records; row++) {
    for (let k = 0; k < bytes; k++) {
      let byte = filters[row * bytes + k];
      for (let bit = 8 * k + 7; byte !== 0; byte >>= 1, bit--) ones[bit] += byte & 1;
    }
  }
  const variance = ones.map((count) => count * (extract.records - count));
  return Uint16Array.from(
    Array.from(variance.keys()).sort((x, y) => variance[y] - variance[x] || x - y).slice(0, COLUMN_POOL));
}

function drawColumns(pool: Uint16Array, width: number, random: () => number): Uint16Array {
  const columns = Array.from(pool);
  const take = Math.min(width, columns.length);
  for (let k = 0; k < take; k++) {
    const other = k + Math.floor(random() * (columns.length - k));
    [columns[k], columns[other]] = [columns[other], columns[k]];
  }
  return Uint16Array.from(columns.slice(0, take)).sort();
}

/**
 * Probability that a plan makes a pair a candidate, given the share of differing columns of each segment
 * (0..1; NaN where the segment is missing). Sampled columns are treated as drawn with replacement.
 */
export function candidateProbability(plan: BlockingPlan, differing: readonly number[]): number {
  if (plan.kind === 'exhaustive') return 1;
  let missed = 1;
  for (const table of plan.tables) {
    const share = differing[table.segment];
    if (Number.isNaN(share)) continue;
    missed *= 1 - (table.kind === 'equal' ? Number(share === 0) : (1 - share) ** table.columns.length);
  }
  return 1 - missed;
}
