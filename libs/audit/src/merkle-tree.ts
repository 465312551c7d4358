import { emptyRoot, nodeHash } from './merkle-hash.js';

/*
 * The tree of RFC 9162 section 2.1 as its recursive definitions read: the readable twin of `Frontier`
 * and the generator of proofs. Every function takes leaf hashes, in the order of the log.
 */

/** Root of the subtree over the leaves `start` (included) to `end` (excluded), 0-based; `start < end`. */
export type SubtreeRoot = (start: number, end: number) => Uint8Array;

/** MTH of RFC 9162 section 2.1.1. O(n). */
export function merkleRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  return leafHashes.length === 0 ? emptyRoot() : subtreeRootOf(leafHashes)(0, leafHashes.length);
}

/** Answers subtree roots from leaf hashes in memory; a store of tiles may answer them from disk instead. */
export function subtreeRootOf(leafHashes: readonly Uint8Array[]): SubtreeRoot {
  const root: SubtreeRoot = (start, end) => {
    if (end - start === 1) return leafHashes[start];
    const middle = start + splitPoint(end - start);
    return nodeHash(root(start, middle), root(middle, end));
  };
  return root;
}

/**
 * PATH of RFC 9162 section 2.1.3.1: the hashes that lead from leaf `index` to the root of the first
 * `size` leaves, from the leaf upwards.
 *
 * @throws RangeError unless 0 <= index < size, both safe integers.
 */
export function inclusionProof(index: number, size: number, subtreeRoot: SubtreeRoot): Uint8Array[] {
  return inclusionRanges(index, size).map(({ start, end }) => subtreeRoot(start, end));
}

/** Leaves `start` (included) to `end` (excluded), 0-based. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The subtrees whose roots are the inclusion proof, from the leaf upwards.
 *
 * @throws RangeError unless 0 <= index < size, both safe integers.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`an inclusion proof needs 0 <= index < size, got index ${index} of ${size}`);
  }
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * PROOF of RFC 9162 section 2.1.4.1: what proves that the first `size1` leaves of a tree of `size2` leaves
 * are the tree that an earlier root stands for. Empty when the sizes are equal.
 *
 * @throws RangeError unless 1 <= size1 <= size2: nothing can be proved from an empty tree.
 */
export function consistencyProof(size1: number, size2: number, subtreeRoot: SubtreeRoot): Uint8Array[] {
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) {
    throw new RangeError(`a consistency proof needs 1 <= size1 <= size2, got ${size1} and ${size2}`);
  }
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size2;
  while (size1 < end) {
    const middle = start + splitPoint(end - start);
    if (size1 <= middle) {
      proof.push(subtreeRoot(middle, end));
      end = middle;
    } else {
      proof.push(subtreeRoot(start, middle));
      start = middle;
    }
  }
  // A first tree that is one complete subtree is known by its root; the verifier has that already.
  if (start > 0) proof.push(subtreeRoot(start, end));
  return proof.reverse();
}

/** Largest power of two below `leaves` (2 or more): where RFC 9162 splits a tree. */
export function splitPoint(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/** A count of leaves or an index: a non-negative safe integer. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
