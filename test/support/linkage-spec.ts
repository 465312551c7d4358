import type { LinkageSpec } from '#libs/linkage';

/** A linkage spec for registers of some hundred records, every pair of which is compared. */
export const TEST_LINKAGE_SPEC: LinkageSpec = {
  kind: 'vinculum-linkage-spec', version: 1, name: 'test', seed: 1,
  blocking: {
    exhaustivePairs: 1e7, tablesPerSegment: 8, comparisonsPerRecord: 5000, pairCompleteness: 0.99,
    maxPairsInBucket: 50000, maxCandidatesOfRecord: 1000,
  },
  comparison: { sampledPairs: 4000, steps: 2 }, score: { rounds: 2 },
  decision: { kind: 'maximum-expected-f', beta: 1 },
};

/** The same, with other numbers for blocking. */
export function testBlocking(numbers: Partial<LinkageSpec['blocking']>): LinkageSpec {
  return { ...TEST_LINKAGE_SPEC, blocking: { ...TEST_LINKAGE_SPEC.blocking, ...numbers } };
}

/** The same, blocked however few the pairs are. */
export const BLOCKED_LINKAGE_SPEC: LinkageSpec = testBlocking({ exhaustivePairs: 0 });
