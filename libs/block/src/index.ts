export {
  allPairs, candidateProbability, exhaustiveIsCheaper, planTables, refinements,
  type BlockingPlan, type BlockingSpec, type BlockingTable, type PlanEvidence, type PlannedRegisters,
  type PlanPrediction, type SegmentEvidence, type TablePlan,
} from './blocking-plan.js';
export { joinBuckets, type BucketCounts, type BucketJoin } from './bucket-join.js';
export { differingShares, mostVariableColumns, nearerThanChance } from './columns.js';
export { randomPairs, seededRandom } from './seeded-random.js';
export { indexTable, type BlockedSegment, type TableIndex } from './table-index.js';
