import { classOverlap } from '#libs/score';
import { filterSegments, type EncodedExtract } from '#libs/record';
import type { LinkageTask } from './linkage-tasks.js';
import type { RegisterPairLinks } from './register-pair.js';

/** What a reader of a run's figures has to know. Codes are stable; the text is for people. */
export type LinkageWarningCode =
  | 'CANDIDATES_CUT' | 'CLASSES_OVERLAP' | 'CLUSTERING_UNFINISHED' | 'EM_UNSETTLED' | 'HARDLY_ANY_MATCHES'
  | 'ONE_SEGMENT' | 'PAIRS_CUT' | 'THRESHOLD_AT_FLOOR';

export interface LinkageWarning {
  readonly code: LinkageWarningCode;
  /** The two registers (`a x b`) that it is about; empty for the whole run. */
  readonly registers: string;
  readonly message: string;
}

/** Fewer expected matches than this between two registers are worth a warning. */
const LEAST_MATCHES = 1;
/** Errors of the best decision for each match above which to distrust the estimates: a cautious choice. */
const MOST_OVERLAP = 0.25;

/** Warnings about the models of every two registers, in the order of the tasks. */
export function modelWarnings(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], results: readonly RegisterPairLinks[],
): LinkageWarning[] {
  const warnings = results.flatMap(({ model, probabilities }, t) => {
    const { a, b } = tasks[t];
    const registers = `${extracts[a].registerId} x ${extracts[b].registerId}`;
    const found: [boolean, LinkageWarningCode, string][] = [
      [!model.em.converged, 'EM_UNSETTLED', 'the model was still moving when EM ended'],
      [model.cutPairs > 0, 'PAIRS_CUT', `${model.cutPairs} pairs in oversized buckets were not compared`],
      [model.cutCandidates > 0, 'CANDIDATES_CUT', `${model.cutCandidates} pairs were not followed up: `
        + 'a record is like too many others'],
      [model.matches < LEAST_MATCHES, 'HARDLY_ANY_MATCHES', 'hardly any matches; are keys and specs the same?'],
      [model.matches >= LEAST_MATCHES && classOverlap(probabilities, model.matches) > MOST_OVERLAP,
        'CLASSES_OVERLAP', 'matches and others do not separate: do not rely on the estimates; '
        + 'check some links by other means or encode more fields'],
    ];
    return found.filter(([isSo]) => isSo).map(([, code, message]) => ({ code, registers, message }));
  });
  if (filterSegments(extracts[0].segments).length > 1) return warnings;
  return [...warnings, {
    code: 'ONE_SEGMENT', registers: '',
    message: 'one filter a record has no second one to ask: the estimated recall is not to be relied on',
  }];
}

/** Warnings about what was decided over all registers. */
export function decisionWarnings(atFloor: boolean, unfinishedComponents: number): LinkageWarning[] {
  const warnings: LinkageWarning[] = [];
  if (atFloor) {
    warnings.push({
      code: 'THRESHOLD_AT_FLOOR', registers: '',
      message: 'the best expected F is below a half; links below the least probability were left out',
    });
  }
  if (unfinishedComponents > 0) {
    warnings.push({
      code: 'CLUSTERING_UNFINISHED', registers: '',
      message: `${unfinishedComponents} tangles of links were too large to be divided in the best way`,
    });
  }
  return warnings;
}
