import type { CandidateLists } from './candidate-lists.js';
import { NOBODY, type Partners } from './partners.js';

/**
 * Log odds as beliefs from 0 to 1: softmax over each node's candidates, then shares among each candidate's
 * suitors and each node's candidates, in turn (Sinkhorn), so that one node is one person.
 */
export function normalised(lists: CandidateLists, nodesB: number): CandidateLists {
  const { width, node } = lists;
  const value = new Float32Array(lists.value.length);
  for (let from = 0; from < value.length; from += width) {
    let most = -Infinity;
    for (let k = from; k < from + width; k++) if (node[k] >= 0) most = Math.max(most, lists.value[k]);
    for (let k = from; k < from + width; k++) {
      value[k] = node[k] < 0 ? 0 : Math.exp(Math.max(-60, lists.value[k] - most));
    }
  }
  for (let turn = 0; turn < 3; turn++) {
    const sums = new Float64Array(nodesB);
    for (let k = 0; k < value.length; k++) if (node[k] >= 0) sums[node[k]] += value[k];
    for (let k = 0; k < value.length; k++) if (node[k] >= 0 && sums[node[k]] > 0) value[k] /= sums[node[k]];
    for (let from = 0; from < value.length; from += width) {
      let sum = 0;
      for (let k = from; k < from + width; k++) sum += value[k];
      for (let k = from; k < from + width && sum > 0; k++) value[k] /= sum;
    }
  }
  return { width, node, value };
}

const NEWCOMERS_BELIEF = 0.05;

/** Beliefs in the candidates that stayed; newcomers start with a little. */
export function carriedOver(belief: CandidateLists, lists: CandidateLists): CandidateLists {
  const { width } = belief;
  const value = new Float32Array(lists.node.length);
  for (let k = 0; k < value.length; k++) {
    const from = Math.floor(k / width) * width;
    const old = belief.node.subarray(from, from + width).indexOf(lists.node[k]);
    value[k] = lists.node[k] === NOBODY ? 0 : old === -1 ? NEWCOMERS_BELIEF : belief.value[from + old];
  }
  return { ...lists, value };
}

/** Pairs that are each other's strongest candidate; the first of equals. */
export function mutualBest({ width, node, value }: CandidateLists, nodesB: number): Partners {
  const bestOfB = new Float32Array(nodesB);
  const suitor = new Int32Array(nodesB).fill(NOBODY);
  for (let k = 0; k < node.length; k++) {
    if (node[k] >= 0 && value[k] > bestOfB[node[k]]) {
      bestOfB[node[k]] = value[k];
      suitor[node[k]] = Math.floor(k / width);
    }
  }
  return Int32Array.from({ length: node.length / width }, (_, i) => {
    const best = bestOf({ width, node, value }, i);
    return node[best] !== NOBODY && suitor[node[best]] === i ? node[best] : NOBODY;
  });
}

/** Place of a node's strongest candidate in the lists; the first of equals. */
export function bestOf({ width, value }: CandidateLists, i: number): number {
  let best = i * width;
  for (let k = best + 1; k < (i + 1) * width; k++) if (value[k] > value[best]) best = k;
  return best;
}
