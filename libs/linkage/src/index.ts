export { performTask, type ComputeResult, type ComputeTask, type ComputeThreads } from './compute-task.js';
export { link, type LinkageResult, type RegisterPairQuality } from './link.js';
export { linkageSpecText, parseLinkageSpec, type LinkageSpec } from './linkage-spec.js';
export type { FollowedPairs, LinkageProgress, LinkageResources } from './pacing.js';
export type { RegisterPairModel } from './register-pair.js';
