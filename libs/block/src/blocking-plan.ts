import type { BlockingTable, SampledTable } from './blocking-table.js';
import { linesOf, type LineDifferences } from './columns.js';
import { keyAgreement } from './key-columns.js';
import type { KeyedEvidence } from './keyed-blocks.js';
import { look, looksForChance, nearInLines, type Look } from './near-look.js';
import { seededRandom } from './seeded-random.js';

export type BlockingPlan =
  | { readonly kind: 'exhaustive'; readonly pairs: number }
  | TablePlan;

export interface TablePlan {
  readonly kind: 'hamming-lsh';
  readonly pairs: number;
  /** Length of each segment's filters. */
  readonly bits: readonly number[];
  readonly tables: readonly BlockingTable[];
  /** What each of them costs, in comparisons. */
  readonly costs: readonly number[];
  readonly predicted: PlanPrediction;
}

/** What a plan should give, said before it runs. */
export interface PlanPrediction {
  /** Pairs that share a key, repeated ones included: each is looked at. */
  readonly looks: number;
  /** Comparisons in full, repeated ones included. */
  readonly comparisons: number;
  /** What the tables cost, in comparisons. */
  readonly cost: number;
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
  /** Of a register, a record keeps at most so many that may match it: those that are rarest by chance. */
  readonly maxCandidatesOfRecord: number;
}

/** Sizes of the two registers; for pairs within one register both are the same. */
export interface PlannedRegisters {
  readonly recordsOfA: number;
  readonly recordsOfB: number;
  readonly within: boolean;
}

/**
 * Shares of differing columns of pairs, 0..1, NaN where the segment is missing: for each line that is looked
 * at, among the columns that its keys are drawn from.
 */
export type SharesInKeys = readonly Float64Array[];

/** What a sample tells about a segment. */
export interface SegmentEvidence {
  readonly bits: number;
  /** For each line that is looked at, the columns to draw a key from. */
  readonly keyColumns: readonly Uint16Array[];
  readonly ofMatches: { readonly inKeys: SharesInKeys; readonly lines: readonly LineDifferences[] };
  /** `inAll`: shares of all columns. */
  readonly ofRandomPairs: { readonly inKeys: SharesInKeys; readonly inAll: Float64Array };
}

export interface PlanEvidence {
  readonly segments: readonly SegmentEvidence[];
  /** Of the custodians' rules for block keys, where there are any. */
  readonly keyed: readonly KeyedEvidence[];
  /** How likely each pair behind `ofMatches` is a match. */
  readonly matchWeights: Float64Array;
  /** How many pairs of the registers each of them stands for. */
  readonly scale: number;
}

/** Widths of keys that are tried. */
const LEAST_COLUMNS = 4;
const MOST_COLUMNS = 24;
/** Further columns for buckets that are too large. */
const FINER_COLUMNS = 8;
/** Tables are planned so many at a time, all of one kind. */
const TABLES_TOGETHER = 8;
/**
 * Costs, in comparisons of a candidate, whose filters lie anywhere (about 200 ns with the native kernel):
 * of a record in a table, whose key is read and sorted and whose line is fetched, …
 */
const COST_OF_RECORD = 1.25;
/** … of a look at the first half of a line, of a look at the rest, … */
const COST_OF_LOOK = 0.01;
const COST_OF_LONGER_LOOK = 0.1;
/** … and of 1,024 bits of a pair of an exhaustive comparison, which reads filters in order. */
const COST_OF_EXHAUSTIVE_KILOBIT = 0.08;
/**
 * Tables that cost more than this for each match that they add (0.8 s of a processor) are not worth their
 * time: diffusion wins.
 */
const MOST_COMPARISONS_FOR_A_MATCH = 4e6;
/** So much likelier than strangers matches must be to become candidates, or the table tells nothing. */
const LEAST_LIFT = 3;
/** A bucket of average size must have so many times fewer pairs than the limit. */
const ROOM_IN_BUCKET = 4;

export function allPairs({ recordsOfA, recordsOfB, within }: PlannedRegisters): number {
  return within ? (recordsOfA * (recordsOfA - 1)) / 2 : recordsOfA * recordsOfB;
}

/**
 * Plans the tables of a pair of registers: one `equal` table a segment (an unchanged segment always finds its
 * match, even where diffusion pushes near matches towards chance), and keyed and sampled ones where they find
 * more: those that add most completeness for their cost given what is still missed (of sampled ones some at
 * a time, of one segment, width and look), until enough is expected, or the budget is spent, or what is left
 * is not worth it.
 */
export function planTables(
  registers: PlannedRegisters, evidence: PlanEvidence, spec: BlockingSpec, seed: number,
): TablePlan {
  const pairs = allPairs(registers);
  const records = registers.recordsOfA + registers.recordsOfB;
  const { segments, matchWeights } = evidence;
  const missed = missedByEqualTables(evidence);
  const kinds = segments.flatMap((one, segment) => tableKinds(one, segment, pairs, records, spec));
  const tables: BlockingTable[] = segments.map((_, segment) => ({ kind: 'equal', segment }));
  const drawn = segments.map(() => 0);
  const random = seededRandom(seed);
  const total = weighted(missed.map(() => 1), matchWeights);
  const share = (): number => (total > 0 ? weighted(missed, matchWeights) / total : 0);
  const equal = segments.reduce(
    (sum, { ofRandomPairs }) => sum + pairs * equalShare(ofRandomPairs.inAll), 0);
  const costs = segments.map(({ ofRandomPairs }) =>
    pairs * equalShare(ofRandomPairs.inAll) + COST_OF_RECORD * records);
  const predicted = {
    looks: 0, comparisons: equal, cost: equal + COST_OF_RECORD * records * segments.length,
  };
  const most = spec.comparisonsPerRecord * records;
  const open = new Set(evidence.keyed);
  while (share() > 1 - spec.pairCompleteness) {
    const best = bestKind(kinds, drawn, missed, evidence, spec);
    const keys = bestKeyed(open, missed, evidence, pairs, records, most - predicted.cost);
    if (keys && (best === null || keys.value >= best.value)) {
      open.delete(keys.keyed);
      tables.push(keys.keyed.table);
      costs.push(keys.cost);
      predicted.comparisons += keys.keyed.pairs;
      predicted.cost += keys.cost;
      keys.keyed.found.forEach((found, p) => { if (found) missed[p] = 0; });
      continue;
    }
    if (best === null) break;
    const { kind } = best;
    const count = Math.min(TABLES_TOGETHER, spec.tablesPerSegment - drawn[kind.segment],
      Math.floor((most - predicted.cost) / kind.cost));
    // Not `count < 1`: what is no number ends it too.
    if (!(count >= 1)) break;
    for (let t = 0; t < count; t++) {
      tables.push(sampledTable(kind, segments[kind.segment], drawn, random));
      costs.push(kind.cost);
    }
    predicted.looks += count * pairs * kind.collision;
    predicted.comparisons += count * pairs * kind.chance;
    predicted.cost += count * kind.cost;
    drop(missed, kind, count);
  }
  return {
    kind: 'hamming-lsh', pairs, tables, costs, bits: segments.map(({ bits }) => bits),
    predicted: {
      looks: Math.round(predicted.looks), comparisons: Math.round(predicted.comparisons),
      cost: Math.round(predicted.cost), pairCompleteness: 1 - share(),
    },
  };
}

/** 1 for the likely matches that no equal table finds. */
function missedByEqualTables({ segments, matchWeights }: PlanEvidence): Float64Array {
  return Float64Array.from(matchWeights, (_, p) =>
    Number(segments.every(({ ofMatches }) => ofMatches.inKeys.some((shares) => shares[p] !== 0))));
}

/** Sampled tables of a segment with keys of one width and one look. */
interface TableKind {
  readonly segment: number;
  readonly width: number;
  readonly look: Look;
  /** For each line: the probability of each likely match to share a key there, … */
  readonly sharing: readonly Float64Array[];
  /** … and 1 if it then is near; both together, over the lines. */
  readonly near: readonly Uint8Array[];
  readonly found: Float64Array;
  /** Mean probability of a random pair to share a key, and to become a candidate. */
  readonly collision: number;
  readonly chance: number;
  /** Of one table, in comparisons. */
  readonly cost: number;
}

/** The kinds of tables whose buckets are small enough. */
function tableKinds(
  evidence: SegmentEvidence, segment: number, pairs: number, records: number, spec: BlockingSpec,
): TableKind[] {
  const { bits, keyColumns, ofMatches, ofRandomPairs } = evidence;
  // A pair without the segment shares no key, and is near nowhere.
  const unlessMissing = (shares: Float64Array, probability: (share: number) => number): Float64Array =>
    shares.map((share) => (share >= 0 ? probability(share) : 0));
  const passes = looksForChance(ofRandomPairs.inAll, bits).map((one) => ({
    look: one, near: nearInLines(ofMatches.lines, one),
    halfByChance: unlessMissing(ofRandomPairs.inAll, one.passHalf),
    byChance: unlessMissing(ofRandomPairs.inAll, one.pass),
  }));
  const kinds: TableKind[] = [];
  const widest = Math.min(MOST_COLUMNS, ...keyColumns.map(({ length }) => length));
  for (let width = LEAST_COLUMNS; width <= widest; width++) {
    const agreement = (shares: SharesInKeys): Float64Array[] => shares.map((ofLine, line) =>
      unlessMissing(ofLine, (share) => keyAgreement(share, keyColumns[line].length, width)));
    const ofChance = meanOver(agreement(ofRandomPairs.inKeys));
    const collision = meanProduct(ofChance, null);
    if (pairs * collision ** 2 * ROOM_IN_BUCKET > spec.maxPairsInBucket && width < widest) continue;
    const sharing = agreement(ofMatches.inKeys);
    for (const { look, near, halfByChance, byChance } of passes) {
      const chance = meanProduct(ofChance, byChance);
      const cost = COST_OF_RECORD * records + pairs * (COST_OF_LOOK * collision
        + COST_OF_LONGER_LOOK * meanProduct(ofChance, halfByChance) + chance);
      const found = meanOver(sharing.map((ofLine, line) => ofLine.map((p, m) => p * near[line][m])));
      kinds.push({ segment, width, look, sharing, near, found, collision, chance, cost });
    }
  }
  return kinds;
}

/** What is still missed of each likely match after so many tables: near in a line is near in all of them. */
function drop(missed: Float64Array, { sharing, near }: TableKind, count: number): void {
  for (let line = 0; line < near.length; line++) {
    for (let p = 0; p < missed.length; p++) {
      if (near[line][p] === 1) missed[p] *= (1 - sharing[line][p]) ** (count / near.length);
    }
  }
}

/** The kind whose next table finds most for its cost, if any is worth it; ties go to the first. */
function bestKind(
  kinds: readonly TableKind[], drawn: readonly number[], missed: Float64Array,
  { matchWeights, scale }: PlanEvidence, spec: BlockingSpec,
): { readonly kind: TableKind; readonly value: number } | null {
  let best: { kind: TableKind; value: number } | null = null;
  const open = missed.map((one, p) => one * matchWeights[p]);
  const left = open.reduce((sum, one) => sum + one, 0);
  for (const kind of kinds) {
    const { segment, found, chance, cost } = kind;
    if (drawn[segment] >= spec.tablesPerSegment) continue;
    const gain = weighted(found, open);
    if (!isWorth(gain, chance * left, scale, cost)) continue;
    if (best === null || gain / cost > best.value) best = { kind, value: gain / cost };
  }
  return best;
}

/** The rule whose keys find most for their cost, if any is worth it; ties go to the first. */
function bestKeyed(
  open: ReadonlySet<KeyedEvidence>, missed: Float64Array, { matchWeights, scale }: PlanEvidence,
  pairs: number, records: number, mostCost: number,
): { readonly keyed: KeyedEvidence; readonly cost: number; readonly value: number } | null {
  let best: { keyed: KeyedEvidence; cost: number; value: number } | null = null;
  const weights = missed.map((one, p) => one * matchWeights[p]);
  const left = weights.reduce((sum, one) => sum + one, 0);
  for (const keyed of open) {
    const cost = COST_OF_RECORD * records + keyed.pairs;
    const gain = keyed.found.reduce((sum, one, p) => sum + one * weights[p], 0);
    if (cost > mostCost || !isWorth(gain, (keyed.pairs / pairs) * left, scale, cost)) continue;
    if (best === null || gain / cost > best.value) best = { keyed, cost, value: gain / cost };
  }
  return best;
}

/** @param byChance what would be found if matches were no likelier than strangers. */
function isWorth(gain: number, byChance: number, scale: number, cost: number): boolean {
  return gain >= LEAST_LIFT * byChance && gain * scale * MOST_COMPARISONS_FOR_A_MATCH >= cost;
}

/** True where comparing every pair costs no more than the tables. */
export function exhaustiveIsCheaper({ pairs, bits, predicted }: TablePlan): boolean {
  const kilobits = bits.reduce((sum, one) => sum + one, 0) / 1024;
  return pairs * COST_OF_EXHAUSTIVE_KILOBIT * kilobits <= predicted.cost;
}

function weighted(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < values.length; p++) sum += values[p] * weights[p];
  return sum;
}

/** Mean of several arrays, place by place. */
function meanOver(arrays: readonly Float64Array[]): Float64Array {
  return arrays[0].map((_, k) => arrays.reduce((sum, array) => sum + array[k], 0) / arrays.length);
}

/** Mean of the values, or of the products of both. */
function meanProduct(values: Float64Array, factors: Float64Array | null): number {
  let sum = 0;
  for (let p = 0; p < values.length; p++) {
    sum += factors ? values[p] * factors[p] : values[p];
  }
  return sum / Math.max(1, values.length);
}

/** Share of random pairs whose segment is equal. */
function equalShare(shares: Float64Array): number {
  return shares.reduce((equal, share) => equal + Number(share === 0), 0) / Math.max(1, shares.length);
}

/** Tables look at the lines in turn, and draw their keys from the columns that belong to the line. */
function sampledTable(
  { segment, width, look: { mostInHalf, mostInLine } }: TableKind, { keyColumns }: SegmentEvidence,
  drawn: number[], random: () => number,
): SampledTable {
  const line = drawn[segment]++ % keyColumns.length;
  const columns = Array.from(keyColumns[line]);
  const take = Math.min(width + FINER_COLUMNS, columns.length);
  for (let k = 0; k < take; k++) {
    const other = k + Math.floor(random() * (columns.length - k));
    [columns[k], columns[other]] = [columns[other], columns[k]];
  }
  return {
    kind: 'sampled', segment, line, mostInHalf, mostInLine, drawnFrom: columns.length,
    columns: Uint16Array.from(columns.slice(0, width)).sort(),
    finer: Uint16Array.from(columns.slice(width, take)).sort(),
  };
}

/** Names of the rules whose block keys a plan uses. */
export function keyedBlocksOf(plan: BlockingPlan): string[] {
  return plan.kind === 'exhaustive' ? []
    : plan.tables.flatMap((table) => (table.kind === 'keyed' ? [table.name] : []));
}

/** Tables that split a bucket which is too large in `table`: other segments' equality, and finer columns. */
export function refinements(table: BlockingTable, segments: number): BlockingTable[] {
  const others = Array.from({ length: segments }, (_, segment): BlockingTable => ({ kind: 'equal', segment }))
    .filter(({ segment }) => segment !== table.segment);
  if (table.kind !== 'sampled' || table.finer.length === 0) return others;
  return [{ ...table, columns: table.finer, finer: new Uint16Array(0) }, ...others];
}

/**
 * Probability that a plan makes a pair a candidate by the tables of a segment's filters if no bucket is cut,
 * given the share of differing columns there (0..1; NaN where it is missing), taken to be the same in every
 * line.
 */
export function segmentCandidateProbability(
  { tables, bits }: TablePlan, segment: number,
): (share: number) => number {
  const kinds = new Map<string, { count: number; table: SampledTable; look: Look }>();
  for (const table of tables) {
    if (table.kind !== 'sampled' || table.segment !== segment) continue;
    const name = [table.columns.length, table.drawnFrom, table.mostInHalf, table.mostInLine].join(' ');
    const kind = kinds.get(name) ?? { count: 0, table, look: look(table, bits[segment]) };
    kinds.set(name, { ...kind, count: kind.count + 1 });
  }
  const lines = linesOf(bits[segment]);
  return (share) => {
    if (Number.isNaN(share)) return 0;
    if (share === 0) return 1;
    let missed = 1;
    for (const { count, table: { drawnFrom, columns }, look: { pass } } of kinds.values()) {
      // Near in a line or not is the same for every table that looks there.
      const near = pass(share);
      const sharing = keyAgreement(share, drawnFrom, columns.length);
      missed *= (1 - near + near * (1 - sharing) ** (count / lines)) ** lines;
    }
    return 1 - missed;
  };
}
