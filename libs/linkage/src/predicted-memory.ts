import { VinculumError, type EncodedExtract } from '#libs/record';
import { paddedBytes } from '#libs/compare';
import type { LinkageTask } from './linkage-tasks.js';
import { pairsToFollow } from './vector-counts.js';

/** A pair that is followed up, while its registers are at work: in a set, with vector, odds, messages. */
const BYTES_OF_PAIR_AT_WORK = 150;
/** … and from then on, until the entities are decided. */
const BYTES_OF_PAIR = 50;
/** A record in the tables of a thread. */
const BYTES_OF_RECORD_IN_THREAD = 24;
/** A record while entities are decided. */
const BYTES_OF_RECORD = 120;
/** A weight of a record's filter. */
const BYTES_OF_WEIGHT = 2;
const BYTES_OF_THREAD = 30 * 2 ** 20;
const BYTES_OF_PROGRAM = 40 * 2 ** 20;

/**
 * Bytes that a run takes, beyond the extracts themselves, when as many pairs are followed up as there is
 * room for (`pairsToFollow`). Mostly fewer are, and it takes a third to a half of this; where nearly all
 * records are alike it can be more. The README has what was measured.
 */
export function predictedMemory(
  extracts: readonly EncodedExtract[], tasks: readonly LinkageTask[], threads: number,
): number {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0);
  const filters = sum(extracts.flatMap(({ records, segments }) =>
    segments.map(({ bits }) => records * (paddedBytes(bits) + BYTES_OF_WEIGHT))));
  const records = sum(extracts.map((extract) => extract.records));
  const together = tasks.map(({ a, b }) => extracts[a].records + extracts[b].records);
  const followed = together.map(pairsToFollow);
  return Math.round(filters + BYTES_OF_PROGRAM + BYTES_OF_RECORD * records
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
