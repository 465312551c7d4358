import { joinShare, type PreparedJoin } from '#libs/compare';
import { VinculumError } from '#libs/record';
import { joinKernel } from '../kernels/join-kernel.js';

/** What a thread is asked: its share of a join that lies in shared memory. */
export interface JoinShareTask {
  readonly join: PreparedJoin;
  /** Number of the thread's workspace. */
  readonly worker: number;
  readonly kernel: string;
}

/** Rows of A and B in turn, or why the join is refused: an error's code does not survive the way back. */
export type JoinShareAnswer =
  | { readonly rows: Uint32Array }
  | { readonly code: string; readonly message: string };

/** Runs in a thread of the compute pool. */
export function takeJoinShare({ join, worker, kernel }: JoinShareTask): JoinShareAnswer {
  try {
    const share = joinShare(join, joinKernel(kernel), worker);
    let step = share.next();
    while (!step.done) step = share.next();
    return { rows: step.value };
  } catch (error) {
    if (error instanceof VinculumError) return { code: error.code, message: error.message };
    throw error;
  }
}
