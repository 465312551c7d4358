import type { ComparedPairs } from '#libs/compare';

/** What a long computation needs from its surroundings. */
export interface LinkageResources {
  /** Told now and then; `fraction` of the whole run in [0, 1]. */
  readonly onProgress?: (progress: LinkageProgress) => void;
  /** Aborting ends the run with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds of a steady clock; timings are left out without it. */
  readonly now?: () => number;
  /**
   * Shown the pairs of every two registers that are scored, for measuring what candidate generation missed.
   * Not for keeping: whoever holds them can enumerate.
   */
  readonly onFollowedPairs?: (followed: FollowedPairs) => void;
}

export interface FollowedPairs {
  readonly registers: string;
  readonly pairs: ComparedPairs;
  /** 1 for the vectors whose candidates are scored. */
  readonly vectors: Uint8Array;
}

export interface LinkageProgress {
  readonly stage: 'compare' | 'score' | 'cluster';
  /** Register pair at work, for example `permits x borders`; empty for the whole. */
  readonly registers: string;
  readonly fraction: number;
}

/**
 * Runs a generator to its end, reporting what it yields and giving way to other work in between, so that a
 * signal or a message can arrive.
 */
export async function drive<Step, Result>(
  steps: Generator<Step, Result>, resources: LinkageResources, report: (step: Step) => void,
): Promise<Result> {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    report(next.value);
    await breathe(resources);
  }
}

/** Lets pending events run, then stops if the run was cancelled. */
export async function breathe({ signal }: LinkageResources): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
