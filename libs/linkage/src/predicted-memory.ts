import { filterSegments, VinculumError, type EncodedExtract } from '#libs/record';
import { sharedRowBytes } from '#libs/compare';
import type { LinkageTask } from './linkage-tasks.js';
import { pairsToFollow } from './vector-counts.js';

/** A pair that is followed up, while its registers are at work: in a set, with vector, odds, messages. */
const BYTES_OF_PAIR_AT_WORK = 120;
/** … and from then on, until the entities are decided. */
const BYTES_OF_PAIR = 40;
/** A record in the tables of a thread. */
const BYTES_OF_RECORD_IN_THREAD = 24;
/** A record while entities are decided. */
const BYTES_OF_RECORD = 150;
/** A weight and a hash of a record's filter, and the likeness of a record of one segment. */
const BYTES_OF_WEIGHT_AND_HASH = 2 + 4;
const BYTES_OF_LIKENESS = 8;
const BYTES_OF_THREAD = 25 * 2 ** 20;
const BYTES_OF_PROGRAM = 30 * 2 ** 20;
/** The kinds of tables that planning weighs against each other. */
const BYTES_OF_SEGMENT = 12 * 2 ** 20;

/**
 * Bytes that a run takes, beyond the extracts themselves: a bound, see the README for what was measured.
 *
 * @param followed pairs of each task that are expected to be kept; by default as many as there is room for,
 *   which mostly are far more.
 */
export function predictedMemory(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], threads: number,
  followed: readonly number[] = tasks.map(({ a, b }) =>
    pairsToFollow(extracts[a].records + extracts[b].records)),
): number {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0);
  const filters = sum(extracts.flatMap(({ records, segments }) =>
    segments.map((shape) => records * (sharedRowBytes(shape) + BYTES_OF_WEIGHT_AND_HASH))));
  const segments = filterSegments(extracts[0].segments).length;
  const likeness = segments === 1 ? BYTES_OF_LIKENESS : 0;
  const records = sum(extracts.map((extract) => extract.records));
  const together = tasks.map(({ a, b }) => extracts[a].records + extracts[b].records);
  return Math.round(filters + BYTES_OF_PROGRAM + BYTES_OF_SEGMENT * segments
    + (BYTES_OF_RECORD + likeness) * records
    + BYTES_OF_PAIR * sum(followed) + BYTES_OF_PAIR_AT_WORK * most(followed)
    + threads * (BYTES_OF_THREAD + BYTES_OF_RECORD_IN_THREAD * most(together)));
}

/** @throws VinculumError `LINKAGE_OVER_BUDGET` with what is predicted and what is allowed, in MiB. */
export function assertWithinMemory(predicted: number, mostBytes: number | undefined): void {
  if (mostBytes === undefined || predicted <= mostBytes) return;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  throw new VinculumError('LINKAGE_OVER_BUDGET', `the run is predicted to take ${mebibytes(predicted)} of memory, `
    + `${mebibytes(mostBytes)} are allowed: allow more, use fewer threads, or link fewer registers at a time`);
}
