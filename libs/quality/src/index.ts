export {
  addExpectedPairs, registerPairKey, type EntityEvidence, type ExpectedPairs,
} from './expected-quality.js';
export { measuredQuality, type MeasuredQuality } from './measured-quality.js';
