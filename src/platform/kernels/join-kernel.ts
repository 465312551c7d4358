import { wasmJoinKernel, type JoinKernel } from '#libs/compare';
import { nativeJoinKernels } from './native-join-kernels.js';

let kernels: readonly JoinKernel[] | undefined;

/** The join kernels that run here, the fastest first; the WebAssembly one is always there, as the last. */
export function joinKernels(): readonly JoinKernel[] {
  kernels ??= [...nativeJoinKernels(), wasmJoinKernel];
  return kernels;
}

/**
 * The kernel of this name (as a run manifest or another thread says it), or the fastest one. All give the
 * same pairs, so a name that this machine does not have is answered with the fastest it has.
 */
export function joinKernel(name?: string): JoinKernel {
  const all = joinKernels();
  return all.find((kernel) => kernel.name === name) ?? all[0];
}
