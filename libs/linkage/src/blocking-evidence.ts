import {
  differencesByLine, differingShares, keyColumns, mostVariableColumns, planTables, randomPairs,
  type PlannedRegisters, type TablePlan,
} from '#libs/block';
import { blockedSegment } from './compute-task.js';
import type { CountingTask } from './counting-task.js';

/** Random pairs that tell how many candidates a table gives. */
const RANDOM_PAIRS = 20000;
/** Likely matches that planning looks at. */
const MOST_MATCHES = 4000;

/**
 * Plans the tables from the pairs that joining a sample of rows with all rows followed up (row of A, row of B
 * and vector in turn): the tables are chosen for what matches look like in these very registers.
 *
 * @param odds of a match, for each vector: a pair counts as much as it is likely to be one.
 * @param scale how many pairs of the registers each of them stands for.
 */
export function planFromSample(
  { filters, a, b, scheme, blocking, seed }: CountingTask, registers: PlannedRegisters, kept: Uint32Array,
  odds: Float64Array, scale: number,
): TablePlan {
  const step = Math.max(1, Math.ceil(kept.length / 3 / MOST_MATCHES));
  const chosen = Array.from({ length: Math.floor(kept.length / 3 / step) }, (_, k) => k * step);
  const matches = Uint32Array.from(chosen.flatMap((pair) => [kept[3 * pair], kept[3 * pair + 1]]));
  const { recordsOfA, recordsOfB, within } = registers;
  const random = randomPairs(recordsOfA, recordsOfB, RANDOM_PAIRS, seed + 5, within);
  const segments = scheme.segments.map(({ bits }, s) => {
    const ofA = blockedSegment(filters, a, s);
    const ofB = blockedSegment(filters, b, s);
    const columns = keyColumns(mostVariableColumns(ofA, bits), bits);
    const inKeys = (pairs: Uint32Array): Float64Array[] =>
      columns.map((ofLine) => differingShares(ofA, ofB, ofLine, pairs));
    const all = Uint16Array.from({ length: bits }, (_, column) => column);
    return {
      bits, keyColumns: columns,
      ofMatches: { inKeys: inKeys(matches), lines: differencesByLine(ofA, ofB, bits, matches) },
      ofRandomPairs: { inKeys: inKeys(random), inAll: differingShares(ofA, ofB, all, random) },
    };
  });
  const matchWeights = Float64Array.from(chosen, (pair) => {
    const one = odds[kept[3 * pair + 2]];
    return one / (1 + one);
  });
  return planTables(registers, { segments, matchWeights, scale: scale * step }, blocking, seed + 7);
}
