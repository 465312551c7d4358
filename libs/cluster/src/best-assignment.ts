/** Links between rows and columns: those of row r are at `starts[r]` up to `starts[r + 1] - 1`. */
export interface RowLinks {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  /** Above 0, whole numbers. */
  readonly weights: Float64Array;
  readonly columnCount: number;
}

/**
 * Pairs rows and columns, each at most once, for the highest sum of weights: the Hungarian method with one
 * shortest augmenting path a row (Jonker and Volgenant 1987) over the links there are. A row may stay
 * without a column, at no cost. Rows in order, of equal paths that to the first column found.
 *
 * @param mostSteps links that may be looked at.
 * @returns column of each row (-1 without), or undefined when the steps do not suffice.
 */
export function bestAssignment(links: RowLinks, mostSteps: number): Int32Array | undefined {
  const search = new PathSearch(links, mostSteps);
  for (let row = 0; row + 1 < links.starts.length; row++) if (!search.assign(row)) return undefined;
  return search.columnOf;
}

class PathSearch {
  readonly columnOf: Int32Array;
  private readonly rowOf: Int32Array;
  /** Prices of the dual problem: no link is worth more than both together (as costs: minus the weight). */
  private readonly rowPrice: Float64Array;
  private readonly columnPrice: Float64Array;
  private readonly distance: Float64Array;
  private readonly cameFrom: Int32Array;
  private touched: number[] = [];
  private reached: { row: number; at: number }[] = [];
  private heap = new ColumnHeap();
  private end = { cost: Infinity, row: -1, column: -1 };
  private steps = 0;

  constructor(private readonly links: RowLinks, private readonly mostSteps: number) {
    const rows = links.starts.length - 1;
    this.columnOf = new Int32Array(rows).fill(-1);
    this.rowOf = new Int32Array(links.columnCount).fill(-1);
    this.columnPrice = new Float64Array(links.columnCount);
    this.distance = new Float64Array(links.columnCount).fill(Infinity);
    this.cameFrom = new Int32Array(links.columnCount).fill(-1);
    this.rowPrice = Float64Array.from({ length: rows }, (_, row) =>
      -links.weights.subarray(links.starts[row], links.starts[row + 1]).reduce((a, b) => Math.max(a, b), 0));
  }

  /** Adds a row to the assignment; false when the steps are used up. */
  assign(row: number): boolean {
    this.end = { cost: Infinity, row: -1, column: -1 };
    this.scan(row, 0);
    for (let next = this.heap.pop(); next && next.cost < this.end.cost; next = this.heap.pop()) {
      if (next.cost === this.distance[next.column]) this.scan(this.rowOf[next.column], next.cost);
      if (this.steps > this.mostSteps) return false;
    }
    this.reprice();
    this.augment(row);
    for (const column of this.touched) this.distance[column] = Infinity;
    this.touched = [];
    this.reached = [];
    this.heap = new ColumnHeap();
    return true;
  }

  /** Relaxes the links of a row that is reached at a cost; a free column or no column ends the path. */
  private scan(row: number, at: number): void {
    const { starts, columns, weights } = this.links;
    this.reached.push({ row, at });
    this.steps += starts[row + 1] - starts[row] + 1;
    for (let k = starts[row]; k < starts[row + 1]; k++) {
      const column = columns[k];
      const cost = at - weights[k] - this.rowPrice[row] - this.columnPrice[column];
      if (cost >= this.distance[column]) continue;
      if (this.distance[column] === Infinity) this.touched.push(column);
      this.distance[column] = cost;
      this.cameFrom[column] = row;
      if (this.rowOf[column] >= 0) this.heap.push({ cost, column });
      else if (cost < this.end.cost) this.end = { cost, row, column };
    }
    const alone = at - this.rowPrice[row];
    if (alone < this.end.cost) this.end = { cost: alone, row, column: -1 };
  }

  private reprice(): void {
    for (const { row, at } of this.reached) {
      if (at >= this.end.cost) continue;
      this.rowPrice[row] += this.end.cost - at;
      if (this.columnOf[row] >= 0) this.columnPrice[this.columnOf[row]] -= this.end.cost - at;
    }
  }

  private augment(start: number): void {
    let { row, column } = this.end;
    for (;;) {
      const before = this.columnOf[row];
      this.columnOf[row] = column;
      if (column >= 0) this.rowOf[column] = row;
      if (row === start) return;
      column = before;
      row = this.cameFrom[column];
    }
  }
}

interface ReachedColumn { readonly cost: number; readonly column: number }

/** Binary heap, cheapest first, then the smallest column. */
class ColumnHeap {
  private readonly entries: ReachedColumn[] = [];

  push(entry: ReachedColumn): void {
    const { entries } = this;
    let at = entries.length;
    while (at > 0 && isBefore(entry, entries[(at - 1) >> 1])) {
      entries[at] = entries[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    entries[at] = entry;
  }

  pop(): ReachedColumn | undefined {
    const { entries } = this;
    const first = entries[0] as ReachedColumn | undefined;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return first;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && isBefore(entries[child + 1], entries[child])) child++;
      if (!isBefore(entries[child], last)) break;
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = last;
    return first;
  }
}

function isBefore(one: ReachedColumn, other: ReachedColumn): boolean {
  return one.cost < other.cost || (one.cost === other.cost && one.column < other.column);
}
