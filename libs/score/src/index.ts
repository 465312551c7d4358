export { bipartitePosterior, oddsIfFree, type BipartiteSides, type CandidateLinks } from './bipartite-posterior.js';
export { corroboratedPosterior, type LinksOfRegisters } from './corroborated-posterior.js';
export { matchesPerFoundMatch } from './dual-system.js';
export {
  fitMatches, levelShares, matchProbabilities, refitMatches,
  type MatchFit, type MatchModel, type VectorEvidence,
} from './match-distribution.js';
export { matchProbability, matchWeight } from './match-weight.js';
export { nonMatchDistribution, type NonMatchDistribution } from './non-match-distribution.js';
export { residualPosterior, type LevelEvidence, type LevelLinks } from './residual-posterior.js';
export { tellingVectors } from './telling-vectors.js';
export { classOverlap } from './class-overlap.js';
export {
  chooseThreshold, LEAST_EXPECTED_F, leastLinkProbability, type DecisionRule, type Threshold,
} from './threshold.js';
export { levelTable, patternShares, type VectorSpace } from './vector-space.js';
export { weightWaterfall, type WeightWaterfall } from './weight-waterfall.js';
