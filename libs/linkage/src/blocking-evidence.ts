import {
  differencesByLine, differingShares, keyColumns, keyedEvidence, mostVariableColumns, planTables, randomPairs,
  type PlannedRegisters, type TablePlan,
} from '#libs/block';
import { blockedSegment } from './compute-task.js';
import type { CountingTask, JoinEvidence } from './counting-task.js';

/** Random pairs that tell how many candidates a table gives. */
const RANDOM_PAIRS = 20000;
/** Likely matches that planning looks at. */
const MOST_MATCHES = 4000;

/**
 * Plans the tables from the pairs that joining a sample of rows with all rows followed up: the tables are
 * chosen for what matches look like in these very registers.
 *
 * @param probabilities of each of them to be a match: a pair counts as much.
 */
export function planFromSample(
  { filters, a, b, scheme, blocking, seed }: CountingTask, registers: PlannedRegisters,
  { pairs, scale }: JoinEvidence, probabilities: Float64Array,
): TablePlan {
  const likely = Array.from(probabilities.keys()).filter((pair) => probabilities[pair] > 0);
  const step = Math.max(1, Math.ceil(likely.length / MOST_MATCHES));
  const chosen = likely.filter((_, k) => k % step === 0);
  const matches = Uint32Array.from(chosen.flatMap((pair) => [pairs[3 * pair], pairs[3 * pair + 1]]));
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
  const matchWeights = Float64Array.from(chosen, (pair) => probabilities[pair]);
  const keyed = filters.extracts[a].segments.flatMap(({ name, block }, segment) => {
    if (!block) return [];
    const ofA = blockedSegment(filters, a, segment);
    const ofB = within ? ofA : blockedSegment(filters, b, segment);
    return [keyedEvidence({ kind: 'keyed', segment, name }, ofA, ofB, matches, blocking.maxPairsInBucket)];
  });
  return planTables(registers, { segments, keyed, matchWeights, scale: scale * step }, blocking, seed + 7);
}
