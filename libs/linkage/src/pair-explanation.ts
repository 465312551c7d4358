import { VinculumError, type EncodedExtract } from '#libs/record';
import type { RecordPlace } from '#libs/quality';
import {
  levelsOfVector, missingLevel, SharedKernel, type ComparisonScheme, type SharedFilters,
} from '#libs/compare';
import { matchProbabilities, matchProbability, weightWaterfall, type VectorSpace } from '#libs/score';
import type { DecidedLinks } from './expected-links.js';
import type { ExplainedPair } from './explained-pair.js';

/** A bar of the waterfall. */
export interface SegmentWeight {
  readonly segment: string;
  /**
   * Dice similarity that the level stands for (locally scaled where there is one segment), `below` null for
   * the highest; null when the segment is missing.
   */
  readonly similarity: { readonly atLeast: number; readonly below: number | null } | null;
  /** In bits. */
  readonly weight: number;
}

/**
 * Why two records were linked, or not. All weights are in bits (log2 odds) and add up: prior + segments +
 * together = log2 odds of `pairwise`; with `candidates` and `otherRegisters` those of `probability`.
 *
 * It says how like two records are, so it is as sensitive as the links: for who links, never for a custodian.
 */
export interface PairExplanation extends ExplainedPair {
  readonly registers: string;
  /** Of any two records of these registers, before comparing. */
  readonly prior: number;
  readonly segments: readonly SegmentWeight[];
  /** See `WeightWaterfall`. */
  readonly together: number;
  /** Probability of a match from this comparison alone. */
  readonly pairwise: number;
  /** What the other candidates of both records change; null where the pair was no candidate. */
  readonly candidates: number | null;
  /** What their links with records of third registers change; null where the pair was no candidate. */
  readonly otherRegisters: number | null;
  /** Probability of a match in this run; null where the pair was no candidate. */
  readonly probability: number | null;
  readonly threshold: number;
  readonly inOneEntity: boolean;
}

/** @throws VinculumError `PAIR_NOT_COMPARED`. */
export function assertExplainable(
  pairs: readonly ExplainedPair[], extracts: readonly EncodedExtract[], settled: readonly boolean[] = [],
): void {
  for (const { a, b } of pairs) {
    const refuse = (reason: string): never => {
      throw new VinculumError('PAIR_NOT_COMPARED', `a pair that is to be explained is refused: ${reason}`);
    };
    for (const { extract, row } of [a, b]) {
      if (!(extract in extracts) || !(row >= 0 && row < extracts[extract].records)) refuse('no such record');
    }
    if (settled[a.extract] && settled[b.extract]) refuse('this round takes both records from the one before');
    if (a.extract !== b.extract) continue;
    if (a.row === b.row) refuse('expected two records, got one twice');
    if (extracts[a.extract].cardinality === 'unique') {
      refuse('two records of a register that is unique per person are never compared');
    }
  }
}

/** Explains pairs from the models of a run. @param threshold of its links. */
export function explainPairs(
  pairs: readonly ExplainedPair[], scheme: ComparisonScheme, filters: SharedFilters, decided: DecidedLinks,
  threshold: number,
): PairExplanation[] {
  return pairs.map((pair) => explain(pair, scheme, filters, decided, threshold));
}

function explain(
  { a, b }: ExplainedPair, scheme: ComparisonScheme, filters: SharedFilters, decided: DecidedLinks,
  threshold: number,
): PairExplanation {
  const { extracts, tasks, results, clusters, first } = decided;
  const entityOf = ({ extract, row }: RecordPlace): number => clusters.entityOf[first[extract] + row];
  const inOrder = a.extract < b.extract || (a.extract === b.extract && a.row < b.row);
  const [one, other] = inOrder ? [a, b] : [b, a];
  const task = tasks.findIndex((candidate) => candidate.a === one.extract && candidate.b === other.extract);
  const [ofA, ofB] = [extracts[one.extract], extracts[other.extract]];
  const { model } = results[task];
  const vector = vectorInRun(one, other, scheme, filters);
  const space: VectorSpace = { levels: scheme.segments.map(({ levels }) => levels), vectors: scheme.vectors };
  const { segments, together, total } = weightWaterfall(
    space, matchProbabilities(space, model.match), model.nonMatch, vector);
  const all = ofA === ofB ? (ofA.records * (ofA.records - 1)) / 2 : ofA.records * ofB.records;
  const share = Math.min(model.matches / all, 1 - 1 / (2 * all));
  const prior = Math.log2(share / (1 - share));
  const link = linkOf(decided, task, one.row, other.row);
  const alone = link < 0 ? null : inside(results[task].aloneProbabilities[link]);
  const probability = link < 0 ? null : inside(results[task].probabilities[link]);
  return {
    a, b, registers: `${ofA.registerId} x ${ofB.registerId}`, prior,
    segments: levelsOfVector(scheme, vector).map((level, s) => (
      { segment: scheme.segments[s].name, similarity: similarityOf(scheme, s, level), weight: segments[s] })),
    together, pairwise: matchProbability(share, 2 ** total, 1),
    candidates: alone === null ? null : logOdds(alone) - prior - total,
    otherRegisters: alone === null || probability === null ? null : logOdds(probability) - logOdds(alone),
    probability, threshold,
    inOneEntity: entityOf(a) === entityOf(b),
  };
}

/** As the run compared them, so with weights that local scaling has changed. No task runs any more. */
function vectorInRun(
  a: RecordPlace, b: RecordPlace, scheme: ComparisonScheme, filters: SharedFilters,
): number {
  const keepAll = new Uint8Array(scheme.vectors).fill(1);
  const kernel = new SharedKernel(filters, 0, a.extract, b.extract, scheme, keepAll);
  kernel.pairs.set([a.row, b.row]);
  return kernel.verifyPairs(1)[2];
}

function similarityOf(scheme: ComparisonScheme, s: number, level: number): SegmentWeight['similarity'] {
  const segment = scheme.segments[s];
  if (level === missingLevel(segment)) return null;
  return { atLeast: level === 0 ? 0 : segment.cuts[level - 1], below: segment.cuts[level] ?? null };
}

/** Number of the pair among the links of the task, or -1; within a register either record may stand first. */
function linkOf({ results, tasks }: DecidedLinks, task: number, rowOfA: number, rowOfB: number): number {
  const { pairs } = results[task];
  const within = tasks[task].a === tasks[task].b;
  for (let e = 0; e < pairs.length; e++) {
    const [i, j] = [pairs.rowsOfA[e], pairs.rowsOfB[e]];
    if ((i === rowOfA && j === rowOfB) || (within && i === rowOfB && j === rowOfA)) return e;
  }
  return -1;
}

function logOdds(probability: number): number {
  return Math.log2(probability / (1 - probability));
}

/** Keeps log-odds finite. */
function inside(probability: number): number {
  return Math.min(1 - 1e-12, Math.max(1e-12, probability));
}
