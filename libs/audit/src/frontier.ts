import { VinculumError } from '#libs/record';
import { emptyRoot, HASH_BYTES, nodeHash } from './merkle-hash.js';
import { isCount } from './merkle-tree.js';

/**
 * The right edge of a growing tree: the roots of its complete subtrees, largest first, one for each bit that
 * is set in `size` (a "compact range"). Enough to append a leaf and to know the root, in O(log n) memory.
 */
export class Frontier {
  private count = 0;
  private readonly roots: Uint8Array[] = [];

  /**
   * Takes up a tree where it was left: `hashes` as `hashes()` gave them for `size` leaves.
   *
   * @throws VinculumError AUDIT_FRONTIER_INVALID when the hashes cannot belong to that size.
   */
  static restore(size: number, hashes: readonly Uint8Array[]): Frontier {
    const wholeHashes = hashes.every((hash) => hash.length === HASH_BYTES);
    if (!isCount(size) || !wholeHashes || hashes.length !== setBits(size)) {
      throw new VinculumError('AUDIT_FRONTIER_INVALID',
        `A frontier of size ${size} has one hash of ${HASH_BYTES} bytes for each bit set in the size; `
        + `got ${hashes.length} hashes. Rebuild it from the leaf hashes of the log.`);
    }
    const frontier = new Frontier();
    frontier.count = size;
    frontier.roots.push(...hashes);
    return frontier;
  }

  /** Number of leaves. */
  get size(): number {
    return this.count;
  }

  /** Roots of the complete subtrees, largest first: what to store to go on later. */
  hashes(): Uint8Array[] {
    return [...this.roots];
  }

  /** Adds one leaf at the right; O(log n) at worst, O(1) on average. */
  append(leaf: Uint8Array): void {
    let hash = leaf;
    // Two complete subtrees of one size become one of twice the size, as a carry does in addition.
    for (let carry = this.count; carry % 2 === 1; carry = Math.floor(carry / 2)) {
      hash = nodeHash(this.roots.pop()!, hash);
    }
    this.roots.push(hash);
    this.count += 1;
  }

  /** Root of the tree so far, as `merkleRoot` gives it. */
  root(): Uint8Array {
    return this.roots.length === 0
      ? emptyRoot()
      : this.roots.reduceRight((right, left) => nodeHash(left, right));
  }

  /** A copy that grows apart from this one. */
  fork(): Frontier {
    return Frontier.restore(this.count, this.roots);
  }
}

function setBits(value: number): number {
  let bits = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
