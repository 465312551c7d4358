import { equalBytes, HASH_BYTES, nodeHash } from './merkle-hash.js';
import { isCount } from './merkle-tree.js';

/** That a leaf stands at `index` of the log with `size` leaves and this root. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  /** From the leaf upwards. */
  readonly proof: readonly Uint8Array[];
  readonly rootHash: Uint8Array;
}

/** That the log of `size2` leaves begins with the log of `size1` leaves. */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly size2: number;
  readonly rootHash1: Uint8Array;
  readonly rootHash2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 section 2.1.3.2. False for anything that does not prove the claim, a malformed proof included:
 * wrong number of hashes, a hash that has not 32 bytes, an index outside the tree. A root does not bind the
 * size: take both from one signed checkpoint.
 */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, leafHash, proof, rootHash } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leafHash, rootHash, ...proof].every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      // A last node without a right sibling rises unchanged until it is a right child.
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, rootHash);
}

/**
 * RFC 9162 section 2.1.4.2. False for anything that does not prove the claim. `size1` = 0 is false whatever
 * the proof: a log grows from nothing in any direction, so a proof from nothing proves nothing.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, rootHash1, rootHash2, proof } = claim;
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) return false;
  // Nothing is hashed here, so the roots are compared as they come, whatever their length.
  if (size1 === size2) return proof.length === 0 && equalBytes(rootHash1, rootHash2);
  if (proof.length === 0 || ![rootHash1, rootHash2, ...proof].every(isHash)) return false;
  // A complete first tree is a node of the second: its root is where the climb starts.
  const path = isPowerOfTwo(size1) ? [rootHash1, ...proof] : [...proof];
  return climb(size1, size2, path, rootHash1, rootHash2);
}

/** Recomputes both roots along one path, from the last complete subtree of the first tree upwards. */
function climb(
  size1: number, size2: number, path: readonly Uint8Array[], rootHash1: Uint8Array, rootHash2: Uint8Array,
): boolean {
  let node = size1 - 1;
  let last = size2 - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [first, second] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      second = nodeHash(second, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(first, rootHash1) && equalBytes(second, rootHash2);
}

/** Shift right by one without the 32-bit limit of `>>`. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest % 2 === 0) rest = half(rest);
  return rest === 1;
}
