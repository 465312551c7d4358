export {
  candidateProbability, planBlocking, type BlockingPlan, type BlockingSpec, type BlockingTable,
} from './blocking-plan.js';
export { candidates, type CandidateCounts } from './candidates.js';
export { randomPairs, seededRandom } from './seeded-random.js';
