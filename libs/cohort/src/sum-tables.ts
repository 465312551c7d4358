import { VinculumError } from '#libs/record';
import type { CohortTable } from './tabulate.js';

/**
 * The table of all persons from the tables of groups of persons that share nobody: counts and cell keys add
 * up (keys modulo 2^32), margins like any other cell. So a population is tabulated in pieces.
 *
 * @param tables one or more, by the same definition.
 * @throws VinculumError `COHORT_TABLES_DIFFER` where there is none, or their cells are not the same.
 */
export function sumTables(tables: readonly CohortTable[]): CohortTable {
  const [first, ...others] = tables;
  if (first === undefined) throw differ('expected at least one table, got none');
  const cells = first.cells.map((cell) => ({ ...cell }));
  for (const table of others) {
    if (table.cells.length !== cells.length) throw differ('expected tables with the same cells');
    table.cells.forEach(({ codes, count, cellKey }, i) => {
      if (codes.some((code, d) => code !== cells[i].codes[d])) throw differ('expected cells in the same order');
      cells[i].count += count;
      cells[i].cellKey = (cells[i].cellKey + cellKey) >>> 0;
    });
  }
  return { dimensions: first.dimensions, cells };
}

function differ(reason: string): VinculumError {
  return new VinculumError('COHORT_TABLES_DIFFER', reason);
}
