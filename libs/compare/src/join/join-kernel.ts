import type { WebAssemblyMemory } from '../web-assembly.js';

/** What a pair costs, in units of one 64-bit word behind the prefix (load, and, count, add). */
export interface JoinCost {
  /** One word of the prefix. */
  readonly word: number;
  /** To take up a pair that survived the prefix. */
  readonly survivor: number;
}

/**
 * Joins tile `tileA` with the tiles of B from `tileB` on, as many as surely fit into the workspace, and
 * leaves the next tile of B in the workspace. Returns the number of pairs written there.
 *
 * @param job place of the job's descriptor, @param workspace place of this thread's workspace: bytes into the
 *   memory, as `prepareJoin` gave them.
 */
export type JoinTiles = (job: number, tileA: number, tileB: number, workspace: number) => number;

/** One form of the join's inner loops. All give the same pairs. */
export interface JoinKernel {
  /** Stands in the run manifest, for example `wasm` or `native-avx2`. */
  readonly name: string;
  readonly cost: JoinCost;
  bind(memory: WebAssemblyMemory<SharedArrayBuffer>): JoinTiles;
}
