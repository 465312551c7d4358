import type { EncodedExtract } from '#libs/record';
import { randomPairs } from '#libs/block';
import { chooseCuts, comparisonScheme, type ChancePairs, type ComparisonScheme } from '#libs/compare';
import type { LinkageSpec } from './linkage-spec.js';
import { linkageTasks, type LinkageTask } from './linkage-tasks.js';

/** Random pairs whose quartiles of similarity say where levels begin. */
const PAIRS_FOR_LEVELS = 20000;

/** From pairs of the registers that are compared; of all where none are. */
export function chooseScheme(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], spec: LinkageSpec,
): ComparisonScheme {
  const sampled = (tasks.length > 0 ? tasks : linkageTasks(extracts)).filter(({ a, b }) => a !== b);
  const size = Math.ceil(Math.min(spec.comparison.sampledPairs, PAIRS_FOR_LEVELS) / sampled.length);
  const samples = sampled.map(({ a: x, b: y }): ChancePairs => {
    const [a, b] = [extracts[x], extracts[y]];
    return { a, b, pairs: randomPairs(a.records, b.records, size, spec.seed + 31 * x + y - x - 1) };
  });
  return comparisonScheme(chooseCuts(samples, spec.comparison.steps));
}
