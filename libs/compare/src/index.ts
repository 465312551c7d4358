export {
  comparisonScheme, levelsOfVector, MAX_SEGMENTS, MAX_VECTORS, missingLevel, vectorOfLevels,
  type ComparisonScheme, type SegmentLevels,
} from './comparison-scheme.js';
export { compareAll, comparePairs } from './compare-all.js';
export type { ComparedPairs, ComparisonProgress, ComparisonResult } from './comparison-result.js';
export { chooseCuts, cutsFromSimilarities, type ChancePairs } from './choose-levels.js';
export { dice, intersection, weights } from './dice.js';
export { compareAllByDefinition, vectorOfPair } from './reference.js';
