/** Shares of the observed levels of each segment. */
export type LevelShares = readonly (readonly number[])[];

/** Levels of each segment of every vector, the first segment fastest. */
export function everyVector(levels: readonly number[]): number[][] {
  return levels.reduce<number[][]>((vectors, count) =>
    Array.from({ length: count }, (_, level) => vectors.map((vector) => [...vector, level])).flat(), [[]]);
}

/** Product of the segments' shares; the last level of a segment, missing, has the probability `missing`. */
export function independent(shares: LevelShares, missing: number): Float64Array {
  const levels = shares.map((ofSegment) => ofSegment.length + 1);
  return Float64Array.from(everyVector(levels), (vector) => vector.reduce((product, level, s) =>
    product * (level === shares[s].length ? missing : (1 - missing) * shares[s][level]), 1));
}

/** Adds `draws` vectors, drawn from `distribution`, to `counts`. */
export function addDraws(
  counts: Float64Array, distribution: Float64Array, draws: number, random: () => number,
): void {
  const upTo = Float64Array.from(distribution);
  for (let v = 1; v < upTo.length; v++) upTo[v] += upTo[v - 1];
  for (let draw = 0; draw < draws; draw++) {
    const at = random() * upTo[upTo.length - 1];
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] > at) high = middle;
      else low = middle + 1;
    }
    counts[low]++;
  }
}
