import { VinculumError } from '#libs/record';

/**
 * Row of a TableBuilder-style perturbation table (256 rows) for a cell key: the exclusive or of the key's
 * four bytes, its bits read least significant first. 0..255.
 * Source: Thompson, Broadfoot and Elazar, Methodology for the automatic confidentialisation of
 * statistical outputs
 * from remote servers at the Australian Bureau of Statistics, 2013, as the cellKey package reads it.
 */
export function tableBuilderRow(cellKey: number): number {
  const folded = (cellKey ^ (cellKey >>> 8) ^ (cellKey >>> 16) ^ (cellKey >>> 24)) & 0xff;
  let reversed = 0;
  for (let bit = 0; bit < 8; bit += 1) reversed |= ((folded >>> bit) & 1) << (7 - bit);
  return reversed;
}

/**
 * Column (from 1) for a count >= 1: small counts have a column each; greater ones share the last
 * `smallColumns` columns in turn.
 *
 * @throws VinculumError `CELL_INVALID` for a count below 1.
 */
export function tableBuilderColumn(count: number, columns: number, smallColumns: number): number {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new VinculumError('CELL_INVALID', 'expected a count of 1 or more: an empty cell is not looked up');
  }
  const own = columns - smallColumns;
  return count <= own ? count : own + (count % smallColumns) + 1;
}
