import { instantiate, type WebAssemblyMemory } from '../web-assembly.js';
import { CANDIDATES_MODULE_BASE64 } from './candidates-module.js';
import { NEAR_MODULE_BASE64 } from './near-module.js';
import { SCALING_MODULE_BASE64 } from './scaling-module.js';

/** The loops over a shared memory of kernel/candidates.as, near.as and scaling.as. Places in bytes. */
export interface CandidateLoops {
  verifyPairs(
    first: number, segments: number, pairs: number, length: number, counts: number, keep: number,
    kept: number, sink: number, fence: 0): number;
  verifyRow(
    first: number, segments: number, i: number, from: number, to: number, counts: number, keep: number,
    kept: number, fence: 0): number;
  nearPairs(
    segment: number, pairs: number, length: number, line: number, mostInHalf: number, mostInLine: number,
    sink: number): number;
  gatherKeys(
    filters: number, words: number, records: number, columns: number, width: number, keys: number): void;
  weigh(filters: number, words: number, records: number, weights: number): void;
  hashFilters(filters: number, words: number, records: number, hashes: number): void;
  sortRows(
    keys: number, weights: number, records: number, bits: number, sortedKeys: number, sortedRows: number,
    spareKeys: number, spareRows: number, counters: number): number;
  joinNear(job: number): number;
  nearestReferences(
    filters: number, words: number, weights: number, from: number, to: number, references: number,
    length: number, means: number, nearest: number, fence: 0): void;
}

type Near = 'sortRows' | 'joinNear';
type Scaling = 'nearestReferences';

/** One form of the loops that compare candidates. All give the same numbers and pairs in the same order. */
export interface CandidateKernel {
  /** Stands in the run manifest, for example `wasm` or `native-avx2`. */
  readonly name: string;
  bind(memory: WebAssemblyMemory): CandidateLoops;
}

/** Runs everywhere. */
export const wasmCandidateKernel: CandidateKernel = {
  name: 'wasm',
  bind: (memory) => ({
    ...instantiate<Omit<CandidateLoops, Near | Scaling>>(CANDIDATES_MODULE_BASE64, memory),
    ...instantiate<Pick<CandidateLoops, Near>>(NEAR_MODULE_BASE64, memory),
    ...instantiate<Pick<CandidateLoops, Scaling>>(SCALING_MODULE_BASE64, memory),
  }),
};
