export {
  comparisonScheme, levelsOfVector, MAX_SEGMENTS, MAX_VECTORS, missingLevel, vectorOfLevels,
  type ComparisonScheme, type SegmentLevels,
} from './comparison-scheme.js';
export { compareAll, comparePairs } from './compare-all.js';
export type { ComparedPairs, ComparisonProgress, ComparisonResult } from './comparison-result.js';
export { chooseCuts, cutsFromSimilarities, type ChancePairs } from './choose-levels.js';
export { dice, intersection, weights } from './dice.js';
export { compareAllByDefinition, vectorOfPair } from './reference.js';
export { joinAll, joinShare, sortedPairs, stopJoin, tilesTaken } from './join/join-all.js';
export { joinByDefinition } from './join/join-by-definition.js';
export type { JoinCost, JoinKernel, JoinTiles } from './join/join-kernel.js';
export { prepareJoin, type PreparedJoin } from './join/join-memory.js';
export {
  DEFAULT_MOST_PAIRS, MOST_JOIN_BITS, type FilterTable, type JoinedPairs, type JoinSpec,
} from './join/join-spec.js';
export { PREFIX_LENGTHS } from './join/prefix-length.js';
export { wasmJoinKernel } from './join/wasm-join-kernel.js';
export {
  LEAST_REFERENCES, measureLikeness, scaleWeights, writeReferences,
} from './shared/local-scaling.js';
export {
  CANDIDATE_BATCH, MOST_REFERENCES, ROW_TILE, sharedRowBytes, shareFilters,
  type SharedExtract, type SharedFilters,
} from './shared/shared-filters.js';
export { wasmCandidateKernel, type CandidateKernel, type CandidateLoops } from './shared/candidate-kernel.js';
export type { NearLook, NearSearch, OversizedBucket } from './shared/near-search.js';
export { SharedKernel, type KeptPairs } from './shared/shared-kernel.js';
