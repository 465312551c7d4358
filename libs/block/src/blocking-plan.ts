import { seededRandom } from './seeded-random.js';

/**
 * One table of a blocking plan. Records whose keys are equal become candidates.
 * `equal`: the key is the whole filter of the segment; `sampled`: the key is `columns` of it (Hamming LSH,
 * Indyk and Motwani 1998: two filters that differ in a share d of the columns collide with (1 - d)^w).
 * `finer` are further columns, which split a bucket that is too large.
 */
export type BlockingTable =
  | { readonly kind: 'equal'; readonly segment: number }
  | {
    readonly kind: 'sampled'; readonly segment: number;
    readonly columns: Uint16Array; readonly finer: Uint16Array;
  };

export type BlockingPlan =
  | { readonly kind: 'exhaustive'; readonly pairs: number }
  | TablePlan;

export interface TablePlan {
  readonly kind: 'hamming-lsh';
  readonly pairs: number;
  readonly tables: readonly BlockingTable[];
  /**
   * For each segment: in how many of the first 512 columns the candidates of its sampled tables may differ.
   * Most that collide by chance differ in more, and are dropped after one look.
   */
  readonly mostDiffering: readonly number[];
  readonly predicted: PlanPrediction;
}

/** What a plan should give, said before it runs. */
export interface PlanPrediction {
  /** Comparisons, repeated ones included. */
  readonly comparisons: number;
  /** Share of the likely matches of the sample that become candidates, 0..1. */
  readonly pairCompleteness: number;
}

export interface BlockingSpec {
  /** Up to this many pairs every pair is compared. */
  readonly exhaustivePairs: number;
  /** At most this many sampled tables for each segment. */
  readonly tablesPerSegment: number;
  /** Tables may cost at most as much as this many comparisons for each record of both registers. */
  readonly comparisonsPerRecord: number;
  /** The planner adds sampled tables until this share of the likely matches is expected as candidates. */
  readonly pairCompleteness: number;
  /** A bucket with more pairs is split by further columns, then cut: a frequent key tells nothing. */
  readonly maxPairsInBucket: number;
}

/** Sizes of the two registers; for pairs within one register both are the same. */
export interface PlannedRegisters {
  readonly recordsOfA: number;
  readonly recordsOfB: number;
  readonly within: boolean;
}

/**
 * What a sample tells about a segment: shares of differing columns of likely matches and of random pairs
 * (0..1; NaN where the segment is missing).
 */
export interface SegmentEvidence {
  /** Columns to draw from, most variable first. */
  readonly pool: Uint16Array;
  readonly ofMatches: Float64Array;
  readonly ofRandomPairs: Float64Array;
  /** See `TablePlan.mostDiffering`. */
  readonly mostDiffering: number;
}

export interface PlanEvidence {
  readonly segments: readonly SegmentEvidence[];
  /** How likely each pair behind `ofMatches` is a match. */
  readonly matchWeights: Float64Array;
  /** How many pairs of the registers each of them stands for. */
  readonly scale: number;
}

/** Widths of keys that are tried. */
const LEAST_COLUMNS = 6;
const MOST_COLUMNS = 24;
/** Further columns for buckets that are too large. */
const FINER_COLUMNS = 8;
/** Cost of putting a record into a table, in comparisons. */
const COST_OF_RECORD = 3;
/** A table that costs more than this for each match that it adds is not worth its time: diffusion wins. */
const MOST_COMPARISONS_FOR_A_MATCH = 500000;
/** So much likelier than strangers matches must be to collide, or the table tells nothing. */
const LEAST_LIFT = 3;
/** A candidate costs as much as this many pairs of an exhaustive comparison, which reads filters in order. */
const COST_OF_CANDIDATE = 4;

export function allPairs({ recordsOfA, recordsOfB, within }: PlannedRegisters): number {
  return within ? (recordsOfA * (recordsOfA - 1)) / 2 : recordsOfA * recordsOfB;
}

/**
 * Plans the tables of a pair of registers: one `equal` table a segment (an unchanged segment always finds its
 * match, even where diffusion pushes near matches towards chance), and sampled ones where they find more:
 * one after the other from the segment that adds most completeness for its cost, until enough is expected.
 */
export function planTables(
  registers: PlannedRegisters, evidence: PlanEvidence, spec: BlockingSpec, seed: number,
): TablePlan {
  const pairs = allPairs(registers);
  const records = registers.recordsOfA + registers.recordsOfB;
  const random = seededRandom(seed);
  const missed = missedByEqualTables(evidence);
  const segments = evidence.segments.map((segment) =>
    bestWidth(segment, evidence.matchWeights, missed, pairs, records));
  const total = evidence.matchWeights.reduce((sum, weight) => sum + weight, 0);
  const tables: BlockingTable[] = evidence.segments.map((_, segment) => ({ kind: 'equal', segment }));
  const drawn = segments.map(() => 0);
  const share = (left: Float64Array): number =>
    (total > 0 ? weighted(left, evidence.matchWeights) / total : 0);
  let comparisons = evidence.segments.reduce((sum, { ofRandomPairs }) =>
    sum + pairs * equalShare(ofRandomPairs), 0);
  let left = spec.comparisonsPerRecord * records - comparisons;
  while (share(missed) > 1 - spec.pairCompleteness) {
    const choice = bestSegment(segments, drawn, missed, evidence, spec);
    if (choice === null || segments[choice.segment].cost > left) break;
    left -= segments[choice.segment].cost;
    const { pool } = evidence.segments[choice.segment];
    const { width, collision, chance } = segments[choice.segment];
    tables.push(sampledTable(choice.segment, pool, width, random));
    drawn[choice.segment]++;
    comparisons += pairs * chance;
    for (let p = 0; p < missed.length; p++) missed[p] *= 1 - collision[p];
  }
  return {
    kind: 'hamming-lsh', pairs, tables, mostDiffering: evidence.segments.map(({ mostDiffering }) => mostDiffering),
    predicted: { comparisons: Math.round(comparisons), pairCompleteness: 1 - share(missed) },
  };
}

/** 1 for the likely matches that no equal table finds. */
function missedByEqualTables({ segments, matchWeights }: PlanEvidence): Float64Array {
  return Float64Array.from(matchWeights, (_, p) =>
    Number(segments.every(({ ofMatches }) => ofMatches[p] !== 0)));
}

interface SegmentChoice {
  readonly width: number;
  /** Probability of each likely match to collide in a table. */
  readonly collision: Float64Array;
  /** Mean probability of a random pair to collide in a table. */
  readonly chance: number;
  readonly cost: number;
}

/** The width that finds most of the missed matches for its cost. */
function bestWidth(
  { ofMatches, ofRandomPairs, pool }: SegmentEvidence, weights: Float64Array, missed: Float64Array,
  pairs: number, records: number,
): SegmentChoice {
  let best: SegmentChoice | null = null;
  let bestValue = -1;
  const most = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, pool.length));
  for (let width = LEAST_COLUMNS; width <= most; width++) {
    const collision = ofMatches.map((share) => (Number.isNaN(share) ? 0 : (1 - share) ** width));
    const chance = meanCollision(ofRandomPairs, width);
    const cost = COST_OF_RECORD * records + pairs * chance;
    const value = weighted(collision.map((one, p) => one * missed[p]), weights) / cost;
    if (value > bestValue) {
      best = { width, collision, chance, cost };
      bestValue = value;
    }
  }
  return best as SegmentChoice;
}

/** The segment whose next table finds most for its cost, if any is worth it; ties go to the first. */
function bestSegment(
  segments: readonly SegmentChoice[], drawn: readonly number[], missed: Float64Array,
  { matchWeights, scale }: PlanEvidence, spec: BlockingSpec,
): { readonly segment: number } | null {
  let best: { segment: number; value: number } | null = null;
  const left = weighted(missed, matchWeights);
  for (const [segment, { collision, cost, chance }] of segments.entries()) {
    if (drawn[segment] >= spec.tablesPerSegment) continue;
    let gain = 0;
    for (let p = 0; p < missed.length; p++) gain += collision[p] * missed[p] * matchWeights[p];
    if (gain < LEAST_LIFT * chance * left || gain * scale * MOST_COMPARISONS_FOR_A_MATCH < cost) continue;
    if (best === null || gain / cost > best.value) best = { segment, value: gain / cost };
  }
  return best;
}

/** True where comparing every pair costs no more than the tables. */
export function exhaustiveIsCheaper(
  { pairs, tables, predicted }: TablePlan, registers: PlannedRegisters,
): boolean {
  const records = registers.recordsOfA + registers.recordsOfB;
  return pairs <= COST_OF_CANDIDATE * (predicted.comparisons + COST_OF_RECORD * records * tables.length);
}

function weighted(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < values.length; p++) sum += values[p] * weights[p];
  return sum;
}

/** Mean of (1 - d)^width over random pairs. */
function meanCollision(shares: Float64Array, width: number): number {
  let sum = 0;
  for (const share of shares) if (!Number.isNaN(share)) sum += (1 - share) ** width;
  return sum / Math.max(1, shares.length);
}

/** Share of random pairs whose segment is equal. */
function equalShare(shares: Float64Array): number {
  return shares.reduce((equal, share) => equal + Number(share === 0), 0) / Math.max(1, shares.length);
}

function sampledTable(
  segment: number, pool: Uint16Array, width: number, random: () => number,
): BlockingTable {
  const columns = Array.from(pool);
  const take = Math.min(width + FINER_COLUMNS, columns.length);
  for (let k = 0; k < take; k++) {
    const other = k + Math.floor(random() * (columns.length - k));
    [columns[k], columns[other]] = [columns[other], columns[k]];
  }
  return {
    kind: 'sampled', segment, columns: Uint16Array.from(columns.slice(0, width)).sort(),
    finer: Uint16Array.from(columns.slice(width, take)).sort(),
  };
}

/** Tables that split a bucket which is too large in `table`: other segments' equality, and finer columns. */
export function refinements(table: BlockingTable, segments: number): BlockingTable[] {
  const others = Array.from({ length: segments }, (_, segment): BlockingTable => ({ kind: 'equal', segment }))
    .filter(({ segment }) => segment !== table.segment);
  if (table.kind === 'equal' || table.finer.length === 0) return others;
  return [{ kind: 'sampled', segment: table.segment, columns: table.finer, finer: new Uint16Array(0) }, ...others];
}

/**
 * Probability that a plan makes a pair a candidate if no bucket is cut, given the share of differing columns
 * of each segment (0..1; NaN where it is missing). Sampled columns are treated as drawn with replacement.
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
