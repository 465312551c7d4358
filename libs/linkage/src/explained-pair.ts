import type { RecordPlace } from '#libs/quality';

/** Two records whose comparison is to be explained. */
export interface ExplainedPair {
  readonly a: RecordPlace;
  readonly b: RecordPlace;
}
