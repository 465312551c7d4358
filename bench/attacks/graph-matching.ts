import { bestOf, carriedOver, mutualBest, normalised } from './beliefs.js';
import { nearestRows, type CandidateLists } from './candidate-lists.js';
import { joinColumns, nodeFeatures } from './node-features.js';
import { NOBODY, type Partners } from './partners.js';
import type { SimilarityGraph } from './similarity-graph.js';

/** Two graphs of one kind: the same segment, under the custodian's key and under the attacker's. */
export interface GraphPair {
  readonly a: SimilarityGraph;
  readonly b: SimilarityGraph;
}

export interface MatchingOptions {
  /** Hops that the features look at. */
  readonly hops: number;
  /** Candidates kept for each node. */
  readonly candidates: number;
  readonly rounds: number;
  /** How much the neighbours' agreement counts beside the features. */
  readonly influence: number;
}

const ROUNDS_BETWEEN_NEW_CANDIDATES = 4;
/** Log odds of a candidate that the features did not propose. */
const NEWCOMER = -6;
/** Log odds of a partner who was known before. */
const SEED = 20;
/** Two edges with similarities this far apart support each other by 1/e. */
const SAME_SIMILARITY = 0.04;
/** Candidates that are believed less than this have no voice. */
const LEAST_VOICE = 0.02;

/**
 * Matches two families of similarity graphs by their structure alone, in the way of the graph matching
 * attacks of Vidanage, Christen, Ranbaduge and Schnell (CIKM 2020) and of Schaefer, Armknecht and Heng
 * (ACSAC 2024): each node starts with the candidates that look most like it (features over several hops);
 * then neighbours persuade each other, as when a social network is re-identified from seeds (Narayanan and
 * Shmatikov 2009): a candidate pair gains by every pair of their neighbours that is believed to belong
 * together and is equally similar. Beliefs are normalised over both sides in each round.
 *
 * `seeds` are partners that another attack is sure of. Nodes without neighbours in any graph and without a
 * seed stay without a partner: nothing is known of them.
 */
export function matchGraphs(
  pairs: readonly GraphPair[], seeds: Partners, options: MatchingOptions,
): Partners {
  const nodesB = pairs[0].b.nodes;
  let prior = withSeeds(candidatesByFeatures(pairs, options), seeds);
  let belief = normalised(prior, nodesB);
  for (let round = 1; round <= options.rounds; round++) {
    const support = supportOf(pairs, belief);
    const value = prior.value.map((own, k) => own + options.influence * support[k]);
    belief = normalised({ ...prior, value }, nodesB);
    if (round % ROUNDS_BETWEEN_NEW_CANDIDATES === 0 && round < options.rounds) {
      prior = withSeeds(withNeighboursOfBest(pairs, belief, prior), seeds);
      belief = carriedOver(belief, prior);
    }
  }
  return mutualBest(belief, nodesB);
}

/** The nodes most alike in features; squared distances as log odds, the median of the nearest as unit. */
function candidatesByFeatures(pairs: readonly GraphPair[], options: MatchingOptions): CandidateLists {
  const a = pairs.map((pair) => pair.a);
  const b = pairs.map((pair) => pair.b);
  const features = (graphs: readonly SimilarityGraph[]) =>
    joinColumns(graphs.map((graph) => nodeFeatures(graph, options.hops)), graphs[0].nodes);
  const lists = nearestRows(features(a), features(b), options.candidates, connected(a), connected(b));
  const nearest = lists.value.filter((distance, k) => k % lists.width === 0 && distance < Infinity).sort();
  const unit = Math.max(1e-6, nearest[Math.floor(nearest.length / 2)] ?? 1);
  return { ...lists, value: lists.value.map((distance) => Math.max(NEWCOMER, -distance / unit)) };
}

/** Nodes with a neighbour in at least one of the graphs. */
export function connected(graphs: readonly SimilarityGraph[]): Uint8Array {
  return Uint8Array.from({ length: graphs[0].nodes }, (_, i) =>
    (graphs.some(({ start }) => start[i + 1] > start[i]) ? 1 : 0));
}

/** A node with a seed has no other candidate. */
function withSeeds({ width, node, value }: CandidateLists, seeds: Partners): CandidateLists {
  const seeded = { width, node: node.slice(), value: value.slice() };
  seeds.forEach((j, i) => {
    if (j === NOBODY) return;
    seeded.node.fill(NOBODY, i * width, (i + 1) * width);
    seeded.node[i * width] = j;
    seeded.value[i * width] = SEED;
  });
  return seeded;
}

/** For each candidate pair, the share of its neighbours' pairs that are believed and equally similar. */
function supportOf(pairs: readonly GraphPair[], belief: CandidateLists): Float32Array {
  const { width, node } = belief;
  const support = new Float32Array(node.length);
  for (const { a, b } of pairs) {
    const similarityTo = new Float32Array(b.nodes);
    for (let i = 0; i < a.nodes; i++) {
      const voices = voicesFor(a, i, belief);
      for (let k = i * width; k < (i + 1) * width; k++) {
        const j = node[k];
        if (j === NOBODY) continue;
        const degrees = (a.start[i + 1] - a.start[i]) * (b.start[j + 1] - b.start[j]);
        if (degrees > 0) support[k] += votes(b, j, voices, similarityTo) / Math.sqrt(Math.sqrt(degrees));
      }
    }
  }
  return support;
}

/** The believed candidates of a node's neighbours: who, how much, and how similar the neighbour is. */
interface Voices {
  readonly node: readonly number[];
  readonly belief: readonly number[];
  readonly similarity: readonly number[];
}

function voicesFor(a: SimilarityGraph, i: number, { width, node, value }: CandidateLists): Voices {
  const voices = { node: [] as number[], belief: [] as number[], similarity: [] as number[] };
  for (let e = a.start[i]; e < a.start[i + 1]; e++) {
    const x = a.neighbour[e] * width;
    for (let k = x; k < x + width; k++) {
      if (value[k] < LEAST_VOICE) continue;
      voices.node.push(node[k]);
      voices.belief.push(value[k]);
      voices.similarity.push(a.similarity[e]);
    }
  }
  return voices;
}

/** `similarityTo` is all zero before and after; searching each edge would take most of the attack's time. */
function votes(b: SimilarityGraph, j: number, voices: Voices, similarityTo: Float32Array): number {
  for (let f = b.start[j]; f < b.start[j + 1]; f++) similarityTo[b.neighbour[f]] = b.similarity[f];
  let sum = 0;
  for (let v = 0; v < voices.node.length; v++) {
    const similarity = similarityTo[voices.node[v]];
    if (similarity === 0) continue;
    const gap = (similarity - voices.similarity[v]) / SAME_SIMILARITY;
    sum += voices.belief[v] * Math.exp(-gap * gap);
  }
  for (let f = b.start[j]; f < b.start[j + 1]; f++) similarityTo[b.neighbour[f]] = 0;
  return sum;
}

/** Candidates anew: the best half of the old ones, then the neighbours of the neighbours' best partners. */
function withNeighboursOfBest(
  pairs: readonly GraphPair[], belief: CandidateLists, prior: CandidateLists,
): CandidateLists {
  const { width } = belief;
  const node = new Int32Array(belief.node.length).fill(NOBODY);
  const value = new Float32Array(belief.node.length).fill(NEWCOMER);
  for (let i = 0; i * width < node.length; i++) {
    const old = Array.from({ length: width }, (_, k) => i * width + k)
      .filter((k) => belief.node[k] !== NOBODY).sort((k, l) => belief.value[l] - belief.value[k])
      .map((k) => [belief.node[k], prior.value[k]] as const);
    const known = new Map(old);
    const chosen = new Map(old.slice(0, width >> 1));
    for (const j of [...proposalsFor(pairs, i, belief), ...known.keys()]) {
      if (chosen.size < width && !chosen.has(j)) chosen.set(j, known.get(j) ?? NEWCOMER);
    }
    node.set([...chosen.keys()], i * width);
    value.set([...chosen.values()], i * width);
  }
  return { width, node, value };
}

const MOST_PROPOSERS = 60;
const LEAST_BELIEF_OF_PROPOSER = 0.3;
const GAP_OF_PROPOSAL = 1.5 * SAME_SIMILARITY;

/** Neighbours of the partners of a node's neighbours that are equally similar, best supported first. */
function proposalsFor(pairs: readonly GraphPair[], i: number, belief: CandidateLists): number[] {
  const proposals = new Map<number, number>();
  for (const { a, b } of pairs) {
    const end = Math.min(a.start[i + 1], a.start[i] + MOST_PROPOSERS);
    for (let e = a.start[i]; e < end; e++) {
      const best = bestOf(belief, a.neighbour[e]);
      const partner = belief.node[best];
      if (partner === NOBODY || belief.value[best] < LEAST_BELIEF_OF_PROPOSER) continue;
      for (let f = b.start[partner]; f < b.start[partner + 1]; f++) {
        if (Math.abs(a.similarity[e] - b.similarity[f]) >= GAP_OF_PROPOSAL) continue;
        proposals.set(b.neighbour[f], (proposals.get(b.neighbour[f]) ?? 0) + belief.value[best]);
      }
    }
  }
  return [...proposals].sort((p, q) => q[1] - p[1]).map(([j]) => j);
}
