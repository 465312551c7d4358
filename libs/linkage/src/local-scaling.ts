import { seededRandom } from '#libs/block';
import {
  LEAST_REFERENCES, MOST_REFERENCES, scaleWeights, writeReferences, type SharedFilters,
} from '#libs/compare';
import type { Compute, PlacelessTask } from './compute.js';

/**
 * At most this share of a register's records are references: a person's own records are seldom among them.
 */
const MOST_OF_REGISTER = 0.25;
/** At most about this many comparisons with references: in very large registers there are fewer of these. */
const MOST_COMPARISONS = 1e9;
/** Rows of one task; fixed, so that cancelling is as quick whatever the number of threads. */
const ROWS_IN_TASK = 20000;

/**
 * Stretches the weights of extracts of one segment, so that a similarity means as much for people who
 * resemble many others as for those who resemble nobody (see `libs/compare`, local scaling). Weights of small
 * extracts stay as they are. @param report gets the fraction done.
 */
export async function scaleLocally(
  filters: SharedFilters, compute: Compute, seed: number, report: (fraction: number) => void,
): Promise<void> {
  const references = writeReferences(filters, referenceRows(filters, seed));
  if (references < LEAST_REFERENCES) return;
  const tasks = filters.extracts.flatMap(({ records }, extract) => Array.from(
    { length: Math.ceil(records / ROWS_IN_TASK) }, (_, t): PlacelessTask => ({
      kind: 'scaling', extract, references,
      from: t * ROWS_IN_TASK, to: Math.min(records, (t + 1) * ROWS_IN_TASK),
    })));
  const results = compute.results(tasks);
  for (let done = 0; !(await results.next()).done; done++) report((done + 1) / tasks.length);
  scaleWeights(filters);
}

/** Random rows of each extract, as many of each, each at most once. */
function referenceRows({ extracts }: SharedFilters, seed: number): Uint32Array[] {
  const random = seededRandom(seed);
  const all = extracts.reduce((sum, { records }) => sum + records, 0);
  const most = Math.min(MOST_REFERENCES, Math.max(LEAST_REFERENCES, MOST_COMPARISONS / all));
  const share = Math.floor(most / extracts.length);
  return extracts.map(({ records }) => {
    const wanted = Math.min(share, Math.floor(MOST_OF_REGISTER * records));
    const rows = new Set<number>();
    while (rows.size < wanted) rows.add(Math.floor(random() * records));
    return Uint32Array.from(rows).sort();
  });
}
