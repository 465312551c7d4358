import { VinculumError } from '#libs/record';
import { KEY_MODULUS } from './record-key.js';
import type { PerturbationTable } from './perturbation-table.js';

/**
 * Cell key: the sum of the record keys of the persons in the cell, modulo 2^32. The order of the persons,
 * and the way in which a query found them, make no difference. An empty cell has key 0.
 */
export function cellKey(recordKeys: Iterable<number>): number {
  let sum = 0;
  for (const key of recordKeys) sum = (sum + key) >>> 0;
  return sum;
}

/**
 * The noise that the table holds for a count and a cell key: an integer in -maximumNoise .. maximumNoise.
 *
 * 0 is never perturbed. Counts above the last block share the last block. Within a block the first row
 * whose upper bound lies above the cell key answers.
 *
 * @throws VinculumError `CELL_INVALID` when the count is no whole number >= 0 or the key no uint32.
 */
export function perturbation(table: PerturbationTable, count: number, key: number): number {
  assertCell(count, key);
  if (count === 0) return 0;
  const block = table.blocks[Math.min(count, table.blocks.length) - 1];
  for (const row of block) if (key < row.upperBound) return row.noise;
  // Each block's last bound is 2^32 (the table's own check), so this is a broken table, not an input.
  throw new Error('perturbation table: a block does not reach 2^32');
}

/** Count plus noise; 0 or more, and never one of the values 1 .. blockedUpTo of the table. */
export function perturbedCount(table: PerturbationTable, count: number, key: number): number {
  return count + perturbation(table, count, key);
}

function assertCell(count: number, key: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new VinculumError('CELL_INVALID', 'expected a count that is a whole number of 0 or more');
  }
  if (!Number.isInteger(key) || key < 0 || key >= KEY_MODULUS) {
    throw new VinculumError('CELL_INVALID', 'expected a cell key in 0 .. 2^32 - 1');
  }
}
