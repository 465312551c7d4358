import type { EncodedExtract } from '#libs/record';
import type { LinkageProgress, LinkageResult, LinkageSpec } from '#libs/linkage';

/** What the job gives the thread: filters only. Record ids stay behind. */
export interface LinkageTask {
  readonly extracts: readonly EncodedExtract[];
  readonly spec: LinkageSpec;
}

/** What the service keeps of a result: similarities, models and thresholds end with the thread. */
export type KeptResult = Pick<
  LinkageResult, 'entities' | 'entityOf' | 'probability' | 'estimated' | 'byRegisterPair' | 'warnings' | 'timings'>;

/** What the thread says. */
export type LinkageMessage =
  | { readonly kind: 'progress'; readonly progress: LinkageProgress }
  | { readonly kind: 'result'; readonly result: KeptResult }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'failed'; readonly stack: string };
