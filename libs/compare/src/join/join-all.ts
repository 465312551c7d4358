import type { ComparisonProgress } from '../comparison-result.js';
import type { JoinKernel } from './join-kernel.js';
import {
  COUNTER, prepareJoin, TILE_ROWS_A, TILE_ROWS_B, WORKSPACE_PAIRS_AT, type PreparedJoin,
} from './join-memory.js';
import { tooManyPairs, type FilterTable, type JoinedPairs, type JoinSpec } from './join-spec.js';
import { wasmJoinKernel } from './wasm-join-kernel.js';

/**
 * Every pair whose Dice similarity reaches the threshold, in this thread. Fast twin of `joinByDefinition`.
 * Records whose filter is empty are missing and join nothing.
 *
 * @returns a generator that yields tiles of A that are done, of how many.
 * @throws VinculumError `LINKAGE_INPUT_INVALID`; `JOIN_TOO_LARGE` beyond `spec.mostPairs` pairs.
 */
export function* joinAll(
  a: FilterTable, b: FilterTable, spec: JoinSpec, kernel: JoinKernel = wasmJoinKernel,
): Generator<ComparisonProgress, JoinedPairs> {
  const join = prepareJoin(a, b, spec, kernel.cost);
  return sortedPairs([yield* joinShare(join, kernel, 0)], join.recordsOfA);
}

/**
 * One thread's share of a join: takes tiles of A that no other thread has taken, until none is left.
 * The shares together are the join, whatever their number and whoever took what.
 *
 * @param worker 0 .. number of workspaces - 1, another one in each thread.
 * @returns rows of A and B in turn, in no particular order.
 */
export function* joinShare(
  join: PreparedJoin, kernel: JoinKernel, worker: number,
): Generator<ComparisonProgress, Uint32Array> {
  const { memory: { buffer }, job, within, tilesOfA, tilesOfB, mostPairs } = join;
  const joinTiles = kernel.bind(join.memory);
  const counters = new Int32Array(buffer, join.counters, 2);
  const workspace = join.workspaces[worker];
  const next = new Uint32Array(buffer, workspace, 2);
  const found = new GrowingPairs();
  for (;;) {
    const tileA = Atomics.add(counters, COUNTER.nextTile, 1);
    if (tileA >= tilesOfA) return found.rows();
    for (let tileB = within ? firstTileWithin(tileA) : 0; tileB < tilesOfB; tileB = next[1]) {
      const pairs = joinTiles(job, tileA, tileB, workspace);
      if (Atomics.add(counters, COUNTER.pairs, pairs) + pairs > mostPairs) throw tooManyPairs(mostPairs);
      found.push(new Uint32Array(buffer, workspace + WORKSPACE_PAIRS_AT, 2 * pairs));
    }
    yield { done: tileA + 1, total: tilesOfA };
  }
}

/** The tile of B in which the rows of a tile of A themselves lie. */
function firstTileWithin(tileA: number): number {
  return Math.floor((tileA * TILE_ROWS_A) / TILE_ROWS_B);
}

/** Lets the threads of a join end after the tile at which they are. Their shares are then no whole join. */
export function stopJoin({ memory, counters, tilesOfA }: PreparedJoin): void {
  Atomics.store(new Int32Array(memory.buffer, counters, 2), COUNTER.nextTile, tilesOfA);
}

/** Tiles of A that threads have taken, at most `tilesOfA`. */
export function tilesTaken({ memory, counters, tilesOfA }: PreparedJoin): number {
  return Math.min(tilesOfA, Atomics.load(new Int32Array(memory.buffer, counters, 2), COUNTER.nextTile));
}

/** The pairs of all shares by row of A, then row of B. */
export function sortedPairs(shares: readonly Uint32Array[], recordsOfA: number): JoinedPairs {
  const starts = new Uint32Array(recordsOfA + 1);
  for (const share of shares) for (let k = 0; k < share.length; k += 2) starts[share[k] + 1]++;
  for (let row = 0; row < recordsOfA; row++) starts[row + 1] += starts[row];
  const length = starts[recordsOfA];
  const [rowsOfA, rowsOfB] = [new Uint32Array(length), new Uint32Array(length)];
  const ends = starts.slice(0, recordsOfA);
  for (const share of shares) {
    for (let k = 0; k < share.length; k += 2) rowsOfB[ends[share[k]]++] = share[k + 1];
  }
  for (let row = 0; row < recordsOfA; row++) {
    rowsOfA.fill(row, starts[row], starts[row + 1]);
    if (starts[row + 1] - starts[row] > 1) rowsOfB.subarray(starts[row], starts[row + 1]).sort();
  }
  return { length, rowsOfA, rowsOfB };
}

class GrowingPairs {
  private length = 0;
  private all = new Uint32Array(4096);

  push(rows: Uint32Array): void {
    if (this.length + rows.length > this.all.length) {
      const larger = new Uint32Array(Math.max(2 * this.all.length, this.length + rows.length));
      larger.set(this.all.subarray(0, this.length));
      this.all = larger;
    }
    this.all.set(rows, this.length);
    this.length += rows.length;
  }

  rows(): Uint32Array {
    return this.all.subarray(0, this.length);
  }
}
