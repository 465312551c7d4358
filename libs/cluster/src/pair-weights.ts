import type { RecordLayout } from './record-layout.js';
import type { RecordLinks } from './record-links.js';

/** Weights are whole numbers of this fraction of a natural logarithm: their sums are exact, so ties are. */
const UNITS = 1e6;
/** A link that just reaches the threshold is made: it is worth this much. */
const LEAST_WEIGHT = 1e-3 * UNITS;
const LEAST_PROBABILITY = 1e-12;
/**
 * A pair without a link counts as one that is overlooked in three tenths of the matches. Single matches are
 * overlooked less often (an estimate of their share says a tenth), but those of a record may come together:
 * the errors that hide it from one record of its person hide it from the next. The value was chosen with one
 * labelled set in view, see the README.
 */
const OVERLOOKED = 0.3;
const OVERLOOKED_WEIGHT = Math.round(UNITS * Math.log(OVERLOOKED));

/**
 * What a pair without a link is worth inside an entity. Two records of one register cost nothing: what joins
 * them may be the record of another register alone.
 */
export function unlinkedWeight(
  { registerOf }: { readonly registerOf: ArrayLike<number> }, a: number, b: number,
): number {
  return registerOf[a] === registerOf[b] ? 0 : OVERLOOKED_WEIGHT;
}

/**
 * Links as adjacency: those of record r are `neighbours[starts[r]]` up to `neighbours[starts[r + 1] - 1]`.
 */
export interface PairWeights {
  readonly layout: RecordLayout;
  readonly starts: Uint32Array;
  readonly neighbours: Uint32Array;
  /** What it is worth to have both records in one entity; `unlinkedWeight` without a link. */
  readonly weights: Float64Array;
}

/**
 * What each pair inside an entity is worth: the log-odds of its link above those of the threshold.
 *
 * A pair without a link was overlooked, if it is a match. That happens to a share of the matches and to
 * practically every other pair, so it is worth the logarithm of that share. A link speaks at most as much
 * against a match as having none does: its low probability holds the odds of two random records, which two
 * records that share a third are not.
 *
 * @param wanted 1 for the records whose links are needed.
 */
export function pairWeights(
  layout: RecordLayout, links: RecordLinks, threshold: number, wanted: Uint8Array,
): PairWeights {
  const { records } = layout;
  const starts = new Uint32Array(records + 1);
  for (let e = 0; e < links.length; e++) {
    if (!wanted[links.recordsA[e]] || !wanted[links.recordsB[e]]) continue;
    starts[links.recordsA[e] + 1]++;
    starts[links.recordsB[e] + 1]++;
  }
  for (let record = 0; record < records; record++) starts[record + 1] += starts[record];
  const next = starts.slice();
  const neighbours = new Uint32Array(starts[records]);
  const weights = new Float64Array(starts[records]);
  for (let e = 0; e < links.length; e++) {
    const [a, b] = [links.recordsA[e], links.recordsB[e]];
    if (!wanted[a] || !wanted[b]) continue;
    const weight = linkWeight(links.probabilities[e], threshold, unlinkedWeight(layout, a, b));
    neighbours[next[a]] = b;
    weights[next[a]++] = weight;
    neighbours[next[b]] = a;
    weights[next[b]++] = weight;
  }
  return { layout, starts, neighbours, weights };
}

/** Log-odds of a link above those of the threshold, in units; positive where it reaches the threshold. */
export function linkWeight(probability: number, threshold: number, unlinked: number): number {
  const weight = Math.round(UNITS * (logOdds(probability) - logOdds(threshold)));
  if (probability >= threshold) return Math.max(weight, LEAST_WEIGHT);
  return Math.max(Math.min(weight, 0), unlinked);
}

function logOdds(probability: number): number {
  const inside = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability));
  return Math.log(inside / (1 - inside));
}
