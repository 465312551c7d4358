import type { ComparedPairs } from '#libs/compare';
import type { RecordCategory } from '#libs/quality';
import type { ComputeThreads } from './compute-task.js';
import type { ExplainedPair } from './explained-pair.js';

/** What a long computation needs from its surroundings. */
export interface LinkageResources {
  /** Told now and then; `fraction` of the whole run in [0, 1]. */
  readonly onProgress?: (progress: LinkageProgress) => void;
  /** Aborting ends the run with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds of a steady clock; timings, and a plan's seconds, are left out without it. */
  readonly now?: () => number;
  /** Threads that compare; without them the run compares in the caller's own. */
  readonly compute?: ComputeThreads;
  /** A run that is predicted to take more memory beyond the extracts is refused before it starts. */
  readonly mostMemoryBytes?: number;
  /** Properties of the records that expected quality is told by; nothing is linked by them. */
  readonly categories?: readonly RecordCategory[];
  /** Pairs of which the result is to say why they were linked, or not. */
  readonly explain?: readonly ExplainedPair[];
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
  /** All pairs with such a vector that these rows of the first register are in, candidates or not. */
  readonly allPairsOf: (rows: Uint32Array) => Promise<ComparedPairs>;
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

/** With a clock, events wait for about this long at most; giving way each time would cost a millisecond. */
const BREATHE_EVERY_MS = 20;
const breathed = new WeakMap<LinkageResources, number>();

/** Lets pending events run, then stops if the run was cancelled. */
export async function breathe(resources: LinkageResources): Promise<void> {
  const { signal, now } = resources;
  if (now && now() - (breathed.get(resources) ?? 0) < BREATHE_EVERY_MS) {
    signal?.throwIfAborted();
    return;
  }
  await new Promise((resolve) => setTimeout(resolve));
  if (now) breathed.set(resources, now());
  signal?.throwIfAborted();
}
