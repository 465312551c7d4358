import { compareAll, comparisonScheme, dice, intersection, weights } from '#libs/compare';
import type { EncodedExtract, SegmentFilters } from '#libs/record';

/**
 * Records as nodes, similar filters as edges. Compressed rows: the neighbours of node i are
 * `neighbour[start[i] .. start[i + 1])`, ascending, with their Dice similarities beside them.
 */
export interface SimilarityGraph {
  readonly nodes: number;
  readonly start: Uint32Array;
  readonly neighbour: Uint32Array;
  readonly similarity: Float32Array;
  /** Mean similarity of each node to a sample of the others. */
  readonly background: Float32Array;
  /** Ones of each node's filter. */
  readonly weight: Uint16Array;
}

/** How an attacker tells an edge from chance. */
export type EdgeRule =
  /** The most similar pairs, so many that a node has this number of neighbours on average. */
  | { readonly kind: 'degree'; readonly mean: number }
  /** Pairs that are this many standard deviations above the similarity of unrelated pairs. */
  | { readonly kind: 'noise'; readonly deviations: number };

const SAMPLED_PAIRS = 200_000;
const BACKGROUND_NODES = 128;

/** All pairs of one segment whose similarity reaches the threshold. An empty filter has no neighbours. */
export function similarityGraph(extract: EncodedExtract, segment: number, rule: EdgeRule): SimilarityGraph {
  const filters = extract.segments[segment];
  const weight = weights(filters.filters, filters.bits, extract.records);
  const similarityOf = (i: number, j: number): number =>
    dice(intersection(filters.filters, i, filters.filters, j, filters.bits), weight[i], weight[j]);
  const threshold = edgeThreshold(sampleSimilarities(extract.records, similarityOf), rule, extract.records);
  const { rowsOfA, rowsOfB } = pairsAbove(extract, filters, threshold);
  const similarities = Float32Array.from(rowsOfA, (i, edge) => similarityOf(i, rowsOfB[edge]));
  const every = Math.max(1, Math.floor(extract.records / BACKGROUND_NODES));
  const background = Float32Array.from({ length: extract.records }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < extract.records; j += every) if (j !== i) sum += similarityOf(i, j) || 0;
    return sum;
  });
  const edges = compressed(extract.records, rowsOfA, rowsOfB, similarities);
  return { nodes: extract.records, background, weight, ...edges };
}

function pairsAbove(extract: EncodedExtract, filters: SegmentFilters, threshold: number) {
  const { name, bits } = filters;
  const scheme = comparisonScheme([{ name, bits, cuts: [Math.min(1, Math.max(threshold, 1e-9))] }]);
  const single = { ...extract, segments: [filters] };
  const run = compareAll(single, single, scheme, { within: true, keep: (vector) => vector === 1 });
  for (;;) {
    const step = run.next();
    if (step.done) return step.value.pairs;
  }
}

/** The similarity from which on a pair is an edge; `similarities` of random pairs, ascending. */
export function edgeThreshold(similarities: Float64Array, rule: EdgeRule, nodes: number): number {
  const at = (quantile: number): number => similarities[Math.floor(quantile * (similarities.length - 1))];
  if (rule.kind === 'degree') return at(1 - Math.min(1, rule.mean / Math.max(1, nodes - 1)));
  // Quartiles, and not the standard deviation: the few similar pairs must not move the threshold.
  return at(0.5) + (rule.deviations * (at(0.75) - at(0.25))) / 1.349;
}

function sampleSimilarities(nodes: number, similarityOf: (i: number, j: number) => number): Float64Array {
  let state = 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * nodes);
  };
  const sample: number[] = [];
  for (let k = 0; k < SAMPLED_PAIRS; k++) {
    const [i, j] = [next(), next()];
    const similarity = i === j ? Number.NaN : similarityOf(i, j);
    if (!Number.isNaN(similarity)) sample.push(similarity);
  }
  return Float64Array.from(sample).sort();
}

/** Both directions of the edges (i < j, by i and then j) in compressed rows. */
export function compressed(
  nodes: number, from: ArrayLike<number>, to: ArrayLike<number>, values: ArrayLike<number>,
): Pick<SimilarityGraph, 'start' | 'neighbour' | 'similarity'> {
  const edges = values.length;
  const start = new Uint32Array(nodes + 1);
  for (let edge = 0; edge < edges; edge++) {
    start[from[edge] + 1]++;
    start[to[edge] + 1]++;
  }
  for (let i = 0; i < nodes; i++) start[i + 1] += start[i];
  const next = start.slice();
  const neighbour = new Uint32Array(2 * edges);
  const similarity = new Float32Array(2 * edges);
  const put = (node: number, other: number, value: number): void => {
    neighbour[next[node]] = other;
    similarity[next[node]++] = value;
  };
  // Neighbours come out ascending: first those below a node, in order, then those above it.
  for (let edge = 0; edge < edges; edge++) put(to[edge], from[edge], values[edge]);
  for (let edge = 0; edge < edges; edge++) put(from[edge], to[edge], values[edge]);
  return { start, neighbour, similarity };
}
