export { controlAgreement, type ControlAgreement, type ControlPair, type RecordPlace } from './controls.js';
export { errorRates, type ErrorRates, type LinkedPairs } from './error-rates.js';
export {
  addExpectedPairs, addExpectedPairsOfGroups, ALL_REGISTERS, groupOfPair, noExpectedPairs, registerPairKey,
  type EntityEvidence, type ExpectedPairs,
} from './expected-quality.js';
export {
  measuredByGroup, measuredQuality, type MeasuredGroup, type MeasuredQuality,
} from './measured-quality.js';
export {
  countedShareInterval, errorCountInterval, INTERVAL_COVERAGE, type Interval,
} from './predictive-interval.js';
export {
  groupQuality, LEAST_OF_GROUP, missedByGroup,
  type GroupEvidence, type GroupQuality, type RecordCategory,
} from './subgroup-quality.js';
