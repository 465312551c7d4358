import { intersection, weights } from '../dice.js';
import { leastCommonOnes } from '../least-intersection.js';
import {
  assertJoinable, DEFAULT_MOST_PAIRS, tooManyPairs, type FilterTable, type JoinedPairs, type JoinSpec,
} from './join-spec.js';

/**
 * The slow, readable twin of the join: every pair, one by one. A record whose filter is empty is missing and
 * joins nothing.
 *
 * @throws VinculumError as `joinAll` does.
 */
export function joinByDefinition(a: FilterTable, b: FilterTable, spec: JoinSpec): JoinedPairs {
  assertJoinable(a, b, spec);
  const weightsA = weights(a.filters, a.bits, a.records);
  const weightsB = weights(b.filters, b.bits, b.records);
  const found: [number, number][] = [];
  for (let i = 0; i < a.records; i++) {
    for (let j = spec.within ? i + 1 : 0; j < b.records; j++) {
      if (weightsA[i] === 0 || weightsB[j] === 0) continue;
      const common = intersection(a.filters, i, b.filters, j, a.bits);
      if (common >= leastCommonOnes(spec.similarity, weightsA[i] + weightsB[j])) found.push([i, j]);
    }
  }
  const most = spec.mostPairs ?? DEFAULT_MOST_PAIRS;
  if (found.length > most) throw tooManyPairs(most);
  return {
    length: found.length,
    rowsOfA: Uint32Array.from(found, ([i]) => i), rowsOfB: Uint32Array.from(found, ([, j]) => j),
  };
}
