import { wasmCandidateKernel, type CandidateKernel } from './candidate-kernel.js';
import { MOST_REFERENCES, paddedBytes, type SharedFilters } from './shared-filters.js';

/*
 * Local scaling, for extracts of one segment. One filter holds the whole of a person, so some people look
 * like many others by chance (short or common names, few fields: hubs), and others like nobody. A similarity
 * means less for a hub. So each weight is stretched by how alike the record is to the strangers nearest to
 * it:
 *
 *     weight' = weight * likeness / mean likeness,    similarity = 2 |A and B| / (weight'A + weight'B)
 *
 * which divides the Dice similarity of a pair by about the mean of its records' likeness to strangers, and
 * costs the comparison nothing. (Zelnik-Manor and Perona 2004 scale distances by those to near neighbours;
 * Schnitzer et al. 2012 and Conneau et al. 2018 do it against hubs.) No label is read, and the filters say
 * all that is used.
 *
 * Strangers are references, drawn from all registers alike. Any of them may be the record's own match, so the
 * most similar one never counts. Likeness is measured twice, on either half of the references; how well the
 * halves agree says how much of its differences is real (reliability; Spearman 1910, Brown 1910), and only
 * that share of them is used.
 */

/** Of each half of the references, the second to the fourth nearest count. */
const FIRST_COUNTED = 1;
const LAST_COUNTED = 3;
/** Fewer references show no tail. */
export const LEAST_REFERENCES = 64;

/**
 * Writes the references into the shared memory.
 *
 * @param rows of each extract; at most `MOST_REFERENCES` in all. Rows with an empty filter are left out.
 * @returns how many references there are now.
 */
export function writeReferences(
  { memory: { buffer }, extracts, references }: SharedFilters, rows: readonly Uint32Array[],
): number {
  const list = new Uint32Array(buffer, references, 2 * MOST_REFERENCES);
  let length = 0;
  extracts.forEach(({ records, segments: [{ filters, bits, weights }] }, x) => {
    const ones = new Uint16Array(buffer, weights, records);
    for (const row of rows[x]) {
      if (ones[row] === 0) continue;
      list.set([filters + row * paddedBytes(bits), ones[row]], 2 * length);
      length++;
    }
  });
  return length;
}

/**
 * Writes, for rows `from` to `to` of an extract, how alike they are to the nearest references of either half.
 *
 * @param workspace which one it may use meanwhile. @param length number of references, at least
 *   `LEAST_REFERENCES`.
 */
export function measureLikeness(
  { memory, extracts, references, workspaces }: SharedFilters, workspace: number, extract: number,
  from: number, to: number, length: number, kernel: CandidateKernel = wasmCandidateKernel,
): void {
  const { segments: [{ filters, bits, weights }], likeness } = extracts[extract];
  kernel.bind(memory).nearestReferences(
    filters, paddedBytes(bits) / 8, weights, from, to, references, length, likeness,
    workspaces[workspace], 0);
}

/** The slow, readable twin: the two means of a row, from similarities to the references in their order. */
export function likenessByDefinition(similarities: readonly number[]): [number, number] {
  const half = (parity: number): number => {
    const nearest = similarities.filter((_, k) => k % 2 === parity).sort((x, y) => y - x);
    const counted = nearest.slice(FIRST_COUNTED, LAST_COUNTED + 1);
    return counted.reduce((sum, similarity) => sum + similarity, 0) / counted.length;
  };
  return [half(0), half(1)];
}

/** Stretches all weights by the likeness that was measured. Changes the weights in the shared memory. */
export function scaleWeights({ memory: { buffer }, extracts }: SharedFilters): void {
  const measured = extracts.map(({ records, segments: [{ bits, weights }], likeness }) => ({
    mostOnes: bits, weights: new Uint16Array(buffer, weights, records),
    halves: new Float32Array(buffer, likeness, 2 * records),
  }));
  const { mean, reliability } = agreementOfHalves(measured.map(({ halves }) => halves));
  for (const { mostOnes, weights, halves } of measured) {
    for (let row = 0; row < weights.length; row++) {
      if (weights[row] === 0) continue;
      const likeness = (halves[2 * row] + halves[2 * row + 1]) / 2;
      const stretch = 1 + reliability * (likeness / mean - 1);
      // The sum of two weights finds its thresholds in a table that ends at twice the length.
      weights[row] = Math.min(mostOnes, Math.max(1, Math.round(weights[row] * stretch)));
    }
  }
}

/**
 * Mean likeness, and which share of its variance is not an accident of the references drawn: the correlation
 * r of the halves, stepped up to their mean by 2 r / (1 + r). 0 where they do not agree or nothing varies.
 */
export function agreementOfHalves(
  halves: readonly Float32Array[],
): { readonly mean: number; readonly reliability: number } {
  let [records, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  for (const pairs of halves) {
    for (let k = 0; k < pairs.length; k += 2) {
      const [x, y] = [pairs[k], pairs[k + 1]];
      if (x === 0 && y === 0) continue;
      records++;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumYY += y * y;
      sumXY += x * y;
    }
  }
  const covariance = sumXY * records - sumX * sumY;
  const spread = (sumXX * records - sumX * sumX) * (sumYY * records - sumY * sumY);
  const correlation = covariance > 0 && spread > 0 ? Math.min(1, covariance / Math.sqrt(spread)) : 0;
  return {
    mean: (sumX + sumY) / (2 * Math.max(1, records)), reliability: (2 * correlation) / (1 + correlation),
  };
}
