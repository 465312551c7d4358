export { type BlockedSegment } from './blocked-segment.js';
export {
  allPairs, exhaustiveIsCheaper, keyedBlocksOf, planTables, refinements, segmentCandidateProbability,
  type BlockingPlan, type BlockingSpec, type PlanEvidence, type PlannedRegisters,
  type PlanPrediction, type SegmentEvidence, type SharesInKeys, type TablePlan,
} from './blocking-plan.js';
export type { BlockingTable, KeyedTable, SampledTable } from './blocking-table.js';
export { joinBuckets, type BucketCounts, type BucketJoin } from './bucket-join.js';
export {
  differencesByLine, differingShares, mostVariableColumns, type LineDifferences,
} from './columns.js';
export { keyAgreement, keyColumns } from './key-columns.js';
export { keyedEvidence, type KeyedEvidence } from './keyed-blocks.js';
export { look, looksForChance, type Look, type LookLimits } from './near-look.js';
export { randomPairs, seededRandom } from './seeded-random.js';
export { indexTable, type TableIndex } from './table-index.js';
