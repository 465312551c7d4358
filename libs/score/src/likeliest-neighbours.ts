/** Records that each record is linked with: `records[starts[r]]` up to `records[starts[r + 1] - 1]`. */
export interface Neighbours {
  readonly starts: Uint32Array;
  readonly records: Uint32Array;
}

interface Links {
  readonly length: number;
  readonly recordsA: Uint32Array;
  readonly recordsB: Uint32Array;
  readonly probabilities: Float64Array;
}

/**
 * The records with which each of `records` records is linked with probability `least` or more: its likeliest
 * `most`, in no order that means anything; ties go to the smaller record number.
 */
export function likeliestNeighbours(
  sets: readonly Links[], records: number, least: number, most: number,
): Neighbours {
  const counts = new Uint32Array(records + 1);
  visitBothWays(sets, least, (from) => counts[from + 1]++);
  for (let record = 0; record < records; record++) counts[record + 1] += counts[record];
  const next = counts.slice();
  const neighbours = new Uint32Array(counts[records]);
  const probabilities = new Float64Array(counts[records]);
  visitBothWays(sets, least, (from, to, probability) => {
    neighbours[next[from]] = to;
    probabilities[next[from]++] = probability;
  });
  const starts = new Uint32Array(records + 1);
  let end = 0;
  for (let record = 0; record < records; record++) {
    const [from, to] = [counts[record], counts[record + 1]];
    if (to - from > most) putLikeliestFirst(neighbours, probabilities, from, to);
    const kept = Math.min(to - from, most);
    neighbours.copyWithin(end, from, from + kept);
    end += kept;
    starts[record + 1] = end;
  }
  return { starts, records: neighbours.subarray(0, end) };
}

function visitBothWays(
  sets: readonly Links[], least: number, visit: (from: number, to: number, probability: number) => void,
): void {
  for (const { length, recordsA, recordsB, probabilities } of sets) {
    for (let e = 0; e < length; e++) {
      if (probabilities[e] < least) continue;
      visit(recordsA[e], recordsB[e], probabilities[e]);
      visit(recordsB[e], recordsA[e], probabilities[e]);
    }
  }
}

function putLikeliestFirst(
  neighbours: Uint32Array, probabilities: Float64Array, from: number, to: number,
): void {
  const order = Array.from({ length: to - from }, (_, k) => from + k)
    .sort((x, y) => probabilities[y] - probabilities[x] || neighbours[x] - neighbours[y]);
  neighbours.set(order.map((k) => neighbours[k]), from);
}
