import type { FollowedPairs } from '#libs/linkage';

export interface Completeness {
  /** Of the true matches that comparing every pair would follow up: the share that are candidates. */
  readonly pairCompleteness: number;
  /** The same for all pairs that comparing every pair would follow up, true or not. */
  readonly pairCompletenessOfAll: number;
  /** Of all true matches of the sampled rows: the share that comparing every pair would follow up. */
  readonly withinReach: number;
  readonly sampledRows: number;
  readonly sampledMatches: number;
}

/** Pairs in the exhaustive join of the sampled rows. */
const SAMPLED_PAIRS = 1e9;
const MOST_ROWS = 1000;

/** Joins a sample of rows of the first register with every row of the second, and looks what is missing. */
export async function completenessOf(
  records: number, followed: FollowedPairs, person: (register: number, row: number) => number, seed: number,
): Promise<Completeness> {
  const rows = sampledRows(records, Math.min(MOST_ROWS, Math.ceil(SAMPLED_PAIRS / records)), seed);
  const joined = await followed.allPairsOf(Uint32Array.from(rows));
  const found = new Set<number>();
  const sampled = new Set(rows);
  for (let e = 0; e < followed.pairs.length; e++) {
    const [i, j] = [followed.pairs.rowsOfA[e], followed.pairs.rowsOfB[e]];
    if (sampled.has(i)) found.add(i * records + j);
  }
  const counts = { all: 0, allFound: 0, matches: 0, matchesFound: 0 };
  for (let e = 0; e < joined.length; e++) {
    const [i, j] = [joined.rowsOfA[e], joined.rowsOfB[e]];
    const isFound = found.has(i * records + j) ? 1 : 0;
    const isMatch = person(0, i) === person(1, j) ? 1 : 0;
    counts.all++;
    counts.allFound += isFound;
    counts.matches += isMatch;
    counts.matchesFound += isMatch * isFound;
  }
  const half = Math.floor(records / 2);
  const inBoth = rows.filter((row) => person(0, row) < half).length;
  return {
    pairCompleteness: counts.matchesFound / counts.matches,
    pairCompletenessOfAll: counts.allFound / counts.all,
    withinReach: counts.matches / inBoth, sampledRows: rows.length, sampledMatches: inBoth,
  };
}

/** Evenly spaced rows: the order of rows tells nothing. */
function sampledRows(records: number, count: number, seed: number): number[] {
  const step = Math.max(1, Math.floor(records / count));
  return Array.from({ length: Math.floor(records / step) }, (_, k) => k * step + (seed % step))
    .slice(0, count);
}

/**
 * Best F1 of any threshold on the locally scaled similarity of a single segment, chosen on the truth, over
 * the pairs that were followed up (their vectors are its levels): what the model adds is above it. It is no
 * peer's: peers do not scale.
 */
export function bestThresholdF1(
  { pairs, vectors }: FollowedPairs, records: number, person: (register: number, row: number) => number,
): number {
  const all = new Float64Array(vectors.length);
  const matches = new Float64Array(vectors.length);
  for (let e = 0; e < pairs.length; e++) {
    all[pairs.vectors[e]]++;
    if (person(0, pairs.rowsOfA[e]) === person(1, pairs.rowsOfB[e])) matches[pairs.vectors[e]]++;
  }
  const inBoth = Math.floor(records / 2);
  let [links, right, best] = [0, 0, 0];
  for (let level = vectors.length - 1; level >= 0; level--) {
    links += all[level];
    right += matches[level];
    best = Math.max(best, (2 * right) / (links + inBoth));
  }
  return best;
}
