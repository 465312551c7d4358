import type { SimilarityGraph } from './similarity-graph.js';

/** One row of `width` numbers for each node. */
export interface FeatureRows {
  readonly width: number;
  readonly values: Float32Array;
}

const BINS = 12;

/**
 * What a node looks like from where it stands, without any name: number of neighbours, how similar they
 * are (histogram between the least and greatest similarity, square roots), similarity to all others, weight
 * of the filter; then the same of its neighbours on average, and of theirs, for `hops` hops.
 * Columns have mean 0 and standard deviation 1 over the nodes.
 */
export function nodeFeatures(graph: SimilarityGraph, hops: number): FeatureRows {
  let layer = standardised(ownFeatures(graph));
  const layers = [layer];
  for (let hop = 0; hop < hops; hop++) {
    layer = standardised(averageOfNeighbours(graph, layer));
    layers.push(layer);
  }
  return joinColumns(layers, graph.nodes);
}

function ownFeatures({ nodes, start, similarity, background, weight }: SimilarityGraph): FeatureRows {
  const width = BINS + 4;
  const values = new Float32Array(nodes * width);
  let least = 1;
  for (const value of similarity) if (value < least) least = value;
  for (let i = 0; i < nodes; i++) {
    const row = values.subarray(i * width, (i + 1) * width);
    for (let e = start[i]; e < start[i + 1]; e++) {
      const bin = Math.floor(((similarity[e] - least) / (1 - least + 1e-9)) * BINS);
      row[Math.min(bin, BINS - 1)]++;
      row[BINS + 1] += similarity[e] - least;
    }
    for (let bin = 0; bin < BINS; bin++) row[bin] = Math.sqrt(row[bin]);
    row[BINS] = Math.log1p(start[i + 1] - start[i]);
    row[BINS + 1] = Math.sqrt(row[BINS + 1]);
    row[BINS + 2] = background[i];
    row[BINS + 3] = weight[i];
  }
  return { width, values };
}

/** Averages over the neighbours, weighted by similarity; zeros (the mean of all nodes) without neighbours. */
function averageOfNeighbours(graph: SimilarityGraph, { width, values }: FeatureRows): FeatureRows {
  const averages = new Float32Array(values.length);
  for (let i = 0; i < graph.nodes; i++) {
    let total = 0;
    for (let e = graph.start[i]; e < graph.start[i + 1]; e++) {
      const from = graph.neighbour[e] * width;
      const share = graph.similarity[e];
      total += share;
      for (let c = 0; c < width; c++) averages[i * width + c] += share * values[from + c];
    }
    if (total > 0) for (let c = 0; c < width; c++) averages[i * width + c] /= total;
  }
  return { width, values: averages };
}

/** Each column to mean 0 and standard deviation 1; a constant column to zeros. */
export function standardised({ width, values }: FeatureRows): FeatureRows {
  const rows = values.length / width;
  const result = new Float32Array(values.length);
  for (let c = 0; c < width; c++) {
    let sum = 0;
    let squares = 0;
    for (let i = c; i < values.length; i += width) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    const mean = sum / rows;
    const deviation = Math.sqrt(Math.max(0, squares / rows - mean * mean));
    if (deviation < 1e-6) continue;
    for (let i = c; i < values.length; i += width) result[i] = (values[i] - mean) / deviation;
  }
  return { width, values: result };
}

export function joinColumns(layers: readonly FeatureRows[], rows: number): FeatureRows {
  const width = layers.reduce((sum, layer) => sum + layer.width, 0);
  const values = new Float32Array(rows * width);
  let at = 0;
  for (const layer of layers) {
    for (let i = 0; i < rows; i++) {
      values.set(layer.values.subarray(i * layer.width, (i + 1) * layer.width), i * width + at);
    }
    at += layer.width;
  }
  return { width, values };
}
