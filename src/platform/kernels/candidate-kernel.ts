import { wasmCandidateKernel, type CandidateKernel } from '#libs/compare';
import { nativeCandidateKernels } from './native-candidate-kernels.js';

let kernels: readonly CandidateKernel[] | undefined;

/** The candidate kernels that run here, the fastest first; the WebAssembly one is always the last. */
export function candidateKernels(): readonly CandidateKernel[] {
  kernels ??= [...nativeCandidateKernels(), wasmCandidateKernel];
  return kernels;
}

/** The kernel of this name, or the fastest one: all give the same, so another than asked for is no harm. */
export function candidateKernel(name?: string): CandidateKernel {
  const all = candidateKernels();
  return all.find((kernel) => kernel.name === name) ?? all[0];
}
