import { VinculumError } from '#libs/record';
import { Frontier } from './frontier.js';
import type { LeafRange } from './merkle-tree.js';

/** Leaves of a tile: a power of two. What is left at the edge of a range is always fewer. */
const TILE = 16_384;

/**
 * Roots of subtrees of a log that only grows. A tile, `TILE` leaves that begin at a multiple of it, never
 * changes once it is full: its root is kept (32 bytes), and its leaves are read once.
 */
export class SubtreeRoots {
  private readonly tiles = new Map<number, Uint8Array>();

  /**
   * @param leaves reads the hashes of leaves, in order, of which there are at most `tile`.
   * @param tile a power of two.
   */
  constructor(
    private readonly leaves: (range: LeafRange) => Promise<readonly Uint8Array[]>,
    private readonly tile = TILE,
  ) {}

  /**
   * @param range of leaves that are there: one of those of `inclusionRanges`, or from the first leaf on.
   * @throws VinculumError `AUDIT_LEAVES_MISSING`.
   */
  async root({ start, end }: LeafRange): Promise<Uint8Array> {
    const { tile } = this;
    const full = start % tile === 0 ? Math.floor((end - start) / tile) * tile : 0;
    const tiles = new Frontier();
    for (let from = start; from < start + full; from += tile) tiles.append(await this.tileRoot(from));
    const rest = await this.frontierOf(start + full, end);
    // Complete subtrees of tiles, then those of the rest, are the complete subtrees of all.
    return Frontier.restore(end - start, [...tiles.hashes(), ...rest.hashes()]).root();
  }

  private async tileRoot(start: number): Promise<Uint8Array> {
    const known = this.tiles.get(start);
    if (known) return known;
    const root = (await this.frontierOf(start, start + this.tile)).root();
    this.tiles.set(start, root);
    return root;
  }

  private async frontierOf(start: number, end: number): Promise<Frontier> {
    const frontier = new Frontier();
    for (let from = start; from < end; from += this.tile) {
      const hashes = await this.leaves({ start: from, end: Math.min(from + this.tile, end) });
      for (const hash of hashes) frontier.append(hash);
    }
    if (frontier.size !== end - start) {
      throw new VinculumError('AUDIT_LEAVES_MISSING',
        `expected the hashes of leaves ${start} to ${end}, got ${frontier.size}; check the export of the log`);
    }
    return frontier;
  }
}
