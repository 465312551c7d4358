import type { EncodedExtract } from '#libs/record';
import type { ComparisonScheme, SharedFilters } from '#libs/compare';
import type { Compute } from './compute.js';
import type { LinkageSpec } from './linkage-spec.js';
import type { LinkageResources } from './pacing.js';
import { countWithin } from './vector-counts.js';

/**
 * Vector counts within each unique register: pairs that are surely non-matches. Null for the others.
 *
 * @param sample at most how many pairs of a register, and of a task; without it as many as tell u well.
 */
export async function knownNonMatches(
  extracts: readonly EncodedExtract[], filters: SharedFilters, scheme: ComparisonScheme, spec: LinkageSpec,
  compute: Compute, resources: LinkageResources,
  sample?: { readonly mostPairs: number; readonly pairsInTask: number },
): Promise<(Float64Array | null)[]> {
  const result: (Float64Array | null)[] = [];
  for (const [x, { registerId, cardinality, records }] of extracts.entries()) {
    if (cardinality !== 'unique' || records < 2) {
      result.push(null);
      continue;
    }
    result.push(await countWithin({
      filters, a: x, b: x, scheme, blocking: spec.blocking,
      sampledPairs: spec.comparison.sampledPairs, seed: spec.seed + 7000 + x,
      ...(sample ? { pairsInTask: sample.pairsInTask } : {}),
    }, compute, (fraction) => resources.onProgress?.({
      stage: 'compare', registers: registerId, fraction: 0.05 + (0.05 * (x + fraction)) / extracts.length,
    }), sample?.mostPairs));
  }
  return result;
}

/** Those of the two registers if one of them is unique, else those of every unique register. */
export function nonMatchesFor(
  known: readonly (Float64Array | null)[], a: number, b: number,
): Float64Array | null {
  const own = [known[a], a === b ? null : known[b]].filter((counts) => counts !== null);
  const used = own.length > 0 ? own : known.filter((counts) => counts !== null);
  if (used.length === 0) return null;
  return used[0].map((_, v) => used.reduce((sum, counts) => sum + counts[v], 0));
}
