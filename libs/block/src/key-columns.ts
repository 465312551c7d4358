import { LINE_COLUMNS, linesOf } from './columns.js';

/** Keys are drawn from the columns of one line where that has at least so many of the most variable ones. */
const ENOUGH_TO_DRAW = 96;

/**
 * For each line that a table looks at, the columns that its key is drawn from: those of `variable` that lie
 * in the next line, so that a key is read from one place in memory and a look sees other columns than the
 * key; all of `variable` where the next line has too few, or is the same.
 */
export function keyColumns(variable: Uint16Array, bits: number): Uint16Array[] {
  const lines = linesOf(bits);
  return Array.from({ length: lines }, (_, line) => {
    const inLine = variable.filter((column) => Math.floor(column / LINE_COLUMNS) === (line + 1) % lines);
    return inLine.length >= ENOUGH_TO_DRAW ? inLine : variable;
  });
}

/**
 * Probability that two filters which differ in the share `differing` (0..1) of `columns` columns agree in
 * `width` of them, drawn without replacement. With replacement it would be (1 - differing)^width, which is
 * 1.8 times as much where a third differs and 24 of 256 are drawn.
 */
export function keyAgreement(differing: number, columns: number, width: number): number {
  const apart = differing * columns;
  let probability = 1;
  for (let k = 0; k < width; k++) {
    if (apart >= columns - k) return 0;
    probability *= 1 - apart / (columns - k);
  }
  return probability;
}
