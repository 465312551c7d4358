import type { RowLinks } from './best-assignment.js';
import type { PairWeights } from './pair-weights.js';

export interface BipartiteComponent {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly links: RowLinks;
}

/** The links of records of two unique registers as rows and columns; undefined for any other records. */
export function rowLinks(
  records: readonly number[], { layout, starts, neighbours, weights }: PairWeights,
): BipartiteComponent | undefined {
  const bitOfRows = layout.uniqueBits[records[0]];
  const all = records.reduce((bits, record) => bits | layout.uniqueBits[record], 0);
  const bitOfColumns = all ^ bitOfRows;
  // One more bit and no other: records of a register that is not unique have none, so each is looked at.
  if (bitOfColumns === 0 || bitOfColumns & (bitOfColumns - 1)) return undefined;
  if (records.some((record) => layout.uniqueBits[record] === 0)) return undefined;
  const rows = records.filter((record) => layout.uniqueBits[record] === bitOfRows);
  const columns = records.filter((record) => layout.uniqueBits[record] !== bitOfRows);
  const columnOf = new Map(columns.map((record, column) => [record, column]));
  const rowStarts = [0];
  const linked: number[] = [];
  const worth: number[] = [];
  for (const record of rows) {
    const own: { column: number; weight: number }[] = [];
    for (let at = starts[record]; at < starts[record + 1]; at++) {
      const column = columnOf.get(neighbours[at]);
      if (column !== undefined && weights[at] > 0) own.push({ column, weight: weights[at] });
    }
    // Ascending, so that ties do not depend on the order of the links.
    for (const { column, weight } of own.sort((x, y) => x.column - y.column)) {
      linked.push(column);
      worth.push(weight);
    }
    rowStarts.push(linked.length);
  }
  return {
    rows, columns,
    links: {
      starts: Uint32Array.from(rowStarts), columns: Uint32Array.from(linked),
      weights: Float64Array.from(worth), columnCount: columns.length,
    },
  };
}
