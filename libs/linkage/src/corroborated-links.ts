import type { EncodedExtract } from '#libs/record';
import type { RecordLinks } from '#libs/cluster';
import { corroboratedPosterior } from '#libs/score';
import { settledPairs, type PreviousRecords } from './previous-entities.js';
import type { LinkageTask } from './linkage-tasks.js';
import type { RegisterPairLinks } from './register-pair.js';

/** Links of two registers after what the other registers say about their records. */
export interface CorroboratedLinks extends RegisterPairLinks {
  /** Probabilities before, from these two registers alone. */
  readonly aloneProbabilities: Float64Array;
  /** Expected number of matches among the links and out of their reach. */
  readonly matches: number;
  /** Of these, the ones that are none of the links. */
  readonly matchesOutOfReach: number;
}

/** All links, in the order of the tasks, and the same for each two registers. */
export interface JudgedLinks {
  readonly found: RecordLinks;
  readonly results: readonly CorroboratedLinks[];
}

/**
 * Lets each link be judged by what its records are linked with in third registers (`corroboratedPosterior`).
 * In a round, settled records that were in one entity before are such links too.
 *
 * @param first number of the first record of each extract.
 */
export function corroborateLinks(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], results: readonly RegisterPairLinks[],
  first: readonly number[], previous: PreviousRecords | undefined,
): JudgedLinks {
  const alone = recordLinks(tasks, results, first);
  const registerOf = Uint16Array.from(extracts.flatMap(({ records }, x) => Array<number>(records).fill(x)));
  const probabilities = corroboratedPosterior(
    alone, registerOf, extracts.length, previous && settledPairs(previous));
  let at = 0;
  return {
    found: { ...alone, probabilities },
    results: results.map((result) => {
      const own = probabilities.subarray(at, at += result.pairs.length);
      const matchesOutOfReach = Math.max(0, result.model.matches - sum(result.probabilities));
      return {
        ...result, probabilities: own, aloneProbabilities: result.probabilities,
        matches: sum(own) + matchesOutOfReach, matchesOutOfReach,
      };
    }),
  };
}

function recordLinks(
  tasks: readonly LinkageTask[], results: readonly RegisterPairLinks[], first: readonly number[],
): RecordLinks {
  const length = results.reduce((all, { pairs }) => all + pairs.length, 0);
  const recordsA = new Uint32Array(length);
  const recordsB = new Uint32Array(length);
  const probabilities = new Float64Array(length);
  let at = 0;
  results.forEach((result, t) => {
    for (let e = 0; e < result.pairs.length; e++, at++) {
      recordsA[at] = first[tasks[t].a] + result.pairs.rowsOfA[e];
      recordsB[at] = first[tasks[t].b] + result.pairs.rowsOfB[e];
      probabilities[at] = result.probabilities[e];
    }
  });
  return { length, recordsA, recordsB, probabilities };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
