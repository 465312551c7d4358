import {
  consistencyProof, Frontier, inclusionProof, leafHash, merkleRoot, nodeHash, subtreeRootOf,
  verifyConsistency, verifyInclusion,
} from '#libs/audit';
import { Tally } from '../vector-runner.js';

/** All bytes as lower-case hexadecimal. */
interface MerkleValues {
  nodes: { left: string; right: string; hash: string }[];
  leaves: { entry: string; hash: string }[];
  /** `roots[i]` is the root over the first `i` of `leaves`. */
  roots: string[];
  inclusion: {
    index: number; size: number; leafHash: string; rootHash: string; proof: string[]; holds: boolean;
  }[];
  consistency: {
    size1: number; size2: number; rootHash1: string; rootHash2: string; proof: string[]; holds: boolean;
  }[];
}

/** Hashes, roots and proofs of a small tree; claims with `holds: false` must not verify. */
export function run(content: string): Tally {
  const values = JSON.parse(content) as MerkleValues;
  const tally = new Tally();
  const hashes = values.leaves.map(({ entry }) => leafHash(bytes(entry)));
  const frontier = new Frontier();
  values.nodes.forEach(({ left, right, hash }, i) =>
    tally.equal(`node ${i}`, hex(nodeHash(bytes(left), bytes(right))), hash));
  values.leaves.forEach(({ hash }, i) => tally.equal(`leaf ${i}`, hex(hashes[i]), hash));
  values.roots.forEach((expected, size) => {
    tally.equal(`root of ${size}, reference`, hex(merkleRoot(hashes.slice(0, size))), expected);
    tally.equal(`root of ${size}, frontier`, hex(frontier.root()), expected);
    if (size < hashes.length) frontier.append(hashes[size]);
  });
  checkInclusion(tally, values, hashes);
  checkConsistency(tally, values, hashes);
  return tally;
}

function checkInclusion(tally: Tally, values: MerkleValues, hashes: Uint8Array[]): void {
  values.inclusion.forEach((claim, i) => {
    const { index, size } = claim;
    const verifies = verifyInclusion({ index, size,
      leafHash: bytes(claim.leafHash), rootHash: bytes(claim.rootHash), proof: claim.proof.map(bytes) });
    tally.equal(`inclusion ${i} (${index} of ${size}) verifies`, verifies, claim.holds);
    if (!claim.holds) return;
    const proof = inclusionProof(index, size, subtreeRootOf(hashes));
    tally.equal(`inclusion proof ${i} (${index} of ${size})`, proof.map(hex), claim.proof);
  });
}

function checkConsistency(tally: Tally, values: MerkleValues, hashes: Uint8Array[]): void {
  values.consistency.forEach((claim, i) => {
    const { size1, size2 } = claim;
    const verifies = verifyConsistency({ size1, size2,
      rootHash1: bytes(claim.rootHash1), rootHash2: bytes(claim.rootHash2), proof: claim.proof.map(bytes) });
    tally.equal(`consistency ${i} (${size1} to ${size2}) verifies`, verifies, claim.holds);
    if (!claim.holds) return;
    const proof = consistencyProof(size1, size2, subtreeRootOf(hashes));
    tally.equal(`consistency proof ${i} (${size1} to ${size2})`, proof.map(hex), claim.proof);
  });
}

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
