import type { BlockingPlan } from '#libs/block';
import type { ComparedPairs, ComparisonScheme, SharedFilters } from '#libs/compare';
import type { EncodedExtract } from '#libs/record';
import type { JoinEvidence } from './counting-task.js';
import { decide } from './decision.js';
import { firstModel, type CountedPair, type FirstModel } from './first-model.js';
import type { LinkageSpec } from './linkage-spec.js';
import { drive, type LinkageResources } from './pacing.js';
import { columnsOf } from './pair-joins.js';
import { posteriorRounds, roundsFor, worthFollowing, type JudgedPairs } from './posterior-rounds.js';
import { tellingPairs, type RegisterPairLinks } from './register-pair.js';
import { followedPairs, withRowsInTurn } from './sampled-posterior.js';
import type { Stopwatch } from './stopwatch.js';

/** Two registers, and what a sample says of the pairs that would be judged. */
export interface JudgingProbe {
  readonly a: EncodedExtract;
  readonly b: EncodedExtract;
  readonly pair: CountedPair;
  readonly evidence: JoinEvidence;
  /** Pairs that a run is expected to keep. */
  readonly expectedPairs: number;
  readonly plan: BlockingPlan;
  readonly scheme: ComparisonScheme;
  readonly filters: SharedFilters;
  readonly spec: LinkageSpec;
}

/** Seconds of what a run does with the pairs of two registers when they are compared. */
export interface JudgingSeconds {
  /** The first model, and judging the pairs beside their rivals. */
  readonly judging: number;
  /** Links to decide on, with or without each other, … */
  readonly deciding: number;
}

/** The pairs of the sample are taken so many times over that they are at least so many … */
const LEAST_PAIRS = 30_000;
/** … and this share of those of a run. */
const PROBED_SHARE = 0.05;

/**
 * Judges the pairs of the sample and decides on their entities as a run does, once and many times over, and
 * says how long that takes for as many as a run is expected to have: what grows with the pairs grows in
 * proportion.
 */
export async function secondsToJudge(
  probe: JudgingProbe, stopwatch: Stopwatch, resources: LinkageResources,
): Promise<JudgingSeconds> {
  const { pair, evidence } = probe;
  const { result: first, seconds: fitting } = await stopwatch.time(() =>
    firstModel(pair, evidence.counts, evidence.reliable, resources));
  const keep = worthFollowing(pair.space, evidence.rare, first.odds);
  const sample = withRowsInTurn(followedPairs(evidence.pairs, keep));
  const inSample = sample.length / 3;
  const expected = probe.expectedPairs * (inSample / Math.max(1, evidence.pairs.length / 3));
  const most = Math.min(expected, Math.max(LEAST_PAIRS, PROBED_SHARE * expected));
  const copies = Math.max(1, Math.round(most / Math.max(1, inSample)));
  const once = await judge(probe, first, keep, sample, 1, expected, stopwatch, resources);
  const often = copies === 1 ? null
    : await judge(probe, first, keep, sample, copies, expected, stopwatch, resources);
  const links = expected * ((often ?? once).links / Math.max(1, copies * inSample));
  return {
    judging: fitting + atSize(expected, { size: inSample, seconds: once.judging },
      often && { size: copies * inSample, seconds: often.judging }),
    deciding: atSize(links, { size: once.links, seconds: once.deciding },
      often && { size: often.links, seconds: often.deciding }),
  };
}

interface TimedSize { readonly size: number; readonly seconds: number }

/** Seconds at a size, on the line through two that were timed; with one of them in proportion to it. */
export function atSize(size: number, smaller: TimedSize, larger: TimedSize | null): number {
  if (smaller.size === 0) return smaller.seconds;
  const each = larger && larger.size > smaller.size
    ? Math.max(0, (larger.seconds - smaller.seconds) / (larger.size - smaller.size))
    : smaller.seconds / smaller.size;
  return Math.max(0, smaller.seconds - each * smaller.size) + each * size;
}

async function judge(
  probe: JudgingProbe, first: FirstModel, keep: Uint8Array, sample: Uint32Array, copies: number,
  expected: number, stopwatch: Stopwatch, resources: LinkageResources,
): Promise<JudgingSeconds & { readonly links: number }> {
  const { pair, evidence, b, spec } = probe;
  const share = copies / evidence.scale;
  const { result, seconds: judging } = await stopwatch.time(async () => {
    const followed = columnsOf(copiesOf(sample, copies, evidence.rows, b.records));
    const judged = await drive(posteriorRounds(pair.space, {
      pairs: followed, counts: evidence.counts, keep,
      candidateProbability: new Float64Array(pair.space.vectors).fill(1),
      mostMatches: pair.mostMatches * share, sides: { ...pair.sides, recordsOfA: copies * evidence.rows },
    }, { ...first, fit: { ...first.fit, matches: first.fit.matches * share } },
    roundsFor(pair.space, expected, spec.score.rounds)), resources, () => undefined);
    return { judged, links: tellingPairs(followed, judged) };
  });
  const { judged, links } = result;
  const deciding = secondsToDecide(probe, first, judged, links, copies, stopwatch);
  return { judging, deciding, links: links.pairs.length };
}

/** The pairs again and again, each time between other rows of A, and of B as far as there are others. */
function copiesOf(sample: Uint32Array, copies: number, rowsOfA: number, recordsOfB: number): Uint32Array {
  const rows = new Uint32Array(copies * sample.length);
  const step = Math.floor(recordsOfB / copies);
  for (let copy = 0; copy < copies; copy++) {
    const at = copy * sample.length;
    for (let k = 0; k < sample.length; k += 3) {
      rows[at + k] = sample[k] + copy * rowsOfA;
      rows[at + k + 1] = (sample[k + 1] + copy * step) % recordsOfB;
      rows[at + k + 2] = sample[k + 2];
    }
  }
  return rows;
}

/** What is done for the first times is slow, and hardly anything of a run is: the least of so many counts. */
const DECISIONS = 5;

/** With as many records of B for those of A as the registers have. */
function secondsToDecide(
  { a, b, plan, scheme, filters, spec, evidence }: JudgingProbe, { fit }: FirstModel,
  judged: JudgedPairs, { pairs, probabilities }: Pick<RegisterPairLinks, 'pairs' | 'probabilities'>,
  copies: number, stopwatch: Stopwatch,
): number {
  const { rowsOfB, records } = fromZero(pairs);
  const recordsOfA = copies * evidence.rows;
  const recordsOfB = Math.max(records, Math.ceil((recordsOfA * b.records) / a.records));
  const model = {
    plan, candidates: pairs.length, cutPairs: 0, cutCandidates: 0, em: fit, nonMatch: fit.nonMatch,
    match: judged.model, matches: judged.matches, pairCompleteness: judged.pairCompleteness,
  };
  const seconds = Array.from({ length: DECISIONS }, () => stopwatch.timeNow(() => decide({
    extracts: [{ ...a, records: recordsOfA }, { ...b, records: recordsOfB }], scheme, filters, spec,
    resources: {}, tasks: [{ a: 0, b: 1 }], results: [{ pairs: { ...pairs, rowsOfB }, probabilities, model }],
    previous: undefined,
  })).seconds);
  return Math.min(...seconds);
}

/** Rows of B numbered from 0 on, in the order in which they come. */
function fromZero({ rowsOfB }: ComparedPairs): { readonly rowsOfB: Uint32Array; readonly records: number } {
  const places = new Map<number, number>();
  const numbered = rowsOfB.map((row) => {
    const place = places.get(row) ?? places.size;
    places.set(row, place);
    return place;
  });
  return { rowsOfB: numbered, records: places.size };
}
