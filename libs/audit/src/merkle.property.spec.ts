import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Frontier } from './frontier.js';
import { emptyRoot, leafHash, nodeHash } from './merkle-hash.js';
import { consistencyProof, inclusionProof, merkleRoot, subtreeRootOf } from './merkle-tree.js';
import { verifyConsistency, verifyInclusion } from './proof-verification.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const LEAVES = Array.from({ length: 140 }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const ROOTS = Array.from({ length: LEAVES.length + 1 }, (_, size) => merkleRoot(LEAVES.slice(0, size)));
const subtreeRoot = subtreeRootOf(LEAVES);
const anySize = fc.integer({ min: 1, max: LEAVES.length });

describe('hashes of RFC 6962', () => {
  test('leaf, node and empty tree', () => {
    expect(hex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(leafHash(utf8('')))).toMatch(/^6e340b9c.*a01d$/);
    expect(hex(leafHash(utf8('L123456'))))
      .toBe('395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56');
    expect(hex(nodeHash(utf8('N123'), utf8('N456'))))
      .toBe('aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb');
  });

  test('roots of the eight classic leaves, both twins', () => {
    const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657',
      '606162636465666768696a6b6c6d6e6f'];
    const prefixes = ['6e340b9c', 'fac54203', 'aeb6bcfe', 'd37ee418', '4e3bbb1f', '76e67dad', 'ddb89be4',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'];
    const hashes = entries.map((entry) => leafHash(new Uint8Array(Buffer.from(entry, 'hex'))));
    const frontier = new Frontier();
    prefixes.forEach((prefix, i) => {
      frontier.append(hashes[i]);
      expect(hex(frontier.root()).startsWith(prefix)).toBe(true);
      expect(hex(merkleRoot(hashes.slice(0, i + 1))).startsWith(prefix)).toBe(true);
    });
  });

  test('node:crypto gives the same leaf hash for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (entry) => {
      const expected = createHash('sha256').update(new Uint8Array([0])).update(entry).digest('hex');
      expect(hex(leafHash(entry))).toBe(expected);
    }));
  });
});

describe('frontier', () => {
  test('has the root of the recursive definition at every size, also when taken up again', () => {
    let frontier = new Frontier();
    for (let size = 0; size <= LEAVES.length; size += 1) {
      expect(hex(frontier.root())).toBe(hex(ROOTS[size]));
      frontier = Frontier.restore(frontier.size, frontier.hashes());
      if (size < LEAVES.length) frontier.append(LEAVES[size]);
    }
  });

  test('a fork grows apart', () => {
    const frontier = new Frontier();
    LEAVES.slice(0, 5).forEach((leaf) => frontier.append(leaf));
    const fork = frontier.fork();
    fork.append(LEAVES[9]);
    frontier.append(LEAVES[5]);
    expect(hex(frontier.root())).toBe(hex(ROOTS[6]));
    expect(hex(fork.root())).toBe(hex(merkleRoot([...LEAVES.slice(0, 5), LEAVES[9]])));
  });

  test.each([[3, 1], [4, 2], [-1, 0], [0.5, 1]])('refuses size %d with %d hashes', (size, hashes) => {
    expect(() => Frontier.restore(size, LEAVES.slice(0, hashes))).toThrow(
      expect.objectContaining({ code: 'AUDIT_FRONTIER_INVALID' }));
  });

  test('refuses a hash of the wrong length', () => {
    expect(() => Frontier.restore(1, [new Uint8Array(31)])).toThrow(/one hash of 32 bytes/);
  });
});

describe('inclusion proofs', () => {
  test('every leaf of every size verifies, and for no other index or size', () => {
    for (let size = 1; size <= 33; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, subtreeRoot);
        const claim = { index, size, leafHash: LEAVES[index], proof, rootHash: ROOTS[size] };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
        expect(verifyInclusion({ ...claim, leafHash: LEAVES[index + 1] })).toBe(false);
        expect(verifyInclusion({ ...claim, rootHash: ROOTS[size + 1] })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, LEAVES[0]] })).toBe(false);
        if (size > 1) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  test('no changed bit verifies', () => {
    fc.assert(fc.property(anySize, fc.nat(), fc.nat(), (size, which, bit) => {
      const index = which % size;
      const proof = inclusionProof(index, size, subtreeRoot);
      if (proof.length === 0) return;
      const changed = proof.map((hash) => hash.slice());
      changed[which % proof.length][(bit >> 3) % 32] ^= 1 << (bit & 7);
      expect(verifyInclusion({ index, size, leafHash: LEAVES[index], proof: changed, rootHash: ROOTS[size] }))
        .toBe(false);
    }));
  });

  test.each([[0, 0], [1, 1], [-1, 2], [0.5, 2], [NaN, 2], [2 ** 60, 2 ** 61]])(
    'refuses index %d of %d', (index, size) => {
      expect(() => inclusionProof(index, size, subtreeRoot)).toThrow(RangeError);
      const claim = { index, size, leafHash: LEAVES[0], proof: [], rootHash: LEAVES[0] };
      expect(verifyInclusion(claim)).toBe(false);
    });

  test('works beyond 32 bits: one path by hand through a tree of 2^40 leaves', () => {
    const size = 2 ** 40;
    const index = 2 ** 39 + 5;
    const proof = Array.from({ length: 40 }, (_, level) => LEAVES[level]);
    let rootHash = LEAVES[100];
    for (let level = 0, node = index; level < 40; level += 1, node = Math.floor(node / 2)) {
      rootHash = node % 2 === 1 ? nodeHash(proof[level], rootHash) : nodeHash(rootHash, proof[level]);
    }
    expect(verifyInclusion({ index, size, leafHash: LEAVES[100], proof, rootHash })).toBe(true);
    expect(verifyInclusion({ index: 5, size, leafHash: LEAVES[100], proof, rootHash })).toBe(false);
  });
});

describe('consistency proofs', () => {
  test('every pair of sizes verifies, and no other root or size does', () => {
    for (let size2 = 1; size2 <= 33; size2 += 1) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const proof = consistencyProof(size1, size2, subtreeRoot);
        const claim = { size1, size2, rootHash1: ROOTS[size1], rootHash2: ROOTS[size2], proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, rootHash1: ROOTS[size1 + 1] })).toBe(false);
        expect(verifyConsistency({ ...claim, rootHash2: ROOTS[size2 + 1] })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, LEAVES[0]] })).toBe(false);
        if (size1 < size2) expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  test('a rewritten leaf of the first tree leaves no proof that verifies', () => {
    fc.assert(fc.property(anySize, anySize, fc.nat(), (a, b, which) => {
      const [size1, size2] = a <= b ? [a, b] : [b, a];
      if (size1 === size2) return;
      const rewritten = [...LEAVES];
      rewritten[which % size1] = leafHash(utf8('rewritten'));
      const rootHash2 = merkleRoot(rewritten.slice(0, size2));
      const proof = consistencyProof(size1, size2, subtreeRootOf(rewritten));
      expect(verifyConsistency({ size1, size2, rootHash1: ROOTS[size1], rootHash2, proof })).toBe(false);
    }));
  });

  test('nothing is proved from an empty tree, and nothing of half a hash', () => {
    const nothing = { size1: 0, size2: 3, rootHash1: ROOTS[0], rootHash2: ROOTS[3], proof: [] };
    expect(verifyConsistency(nothing)).toBe(false);
    expect(verifyConsistency({ ...nothing, size2: 0, rootHash2: ROOTS[0] })).toBe(false);
    expect(() => consistencyProof(0, 3, subtreeRoot)).toThrow('1 <= size1 <= size2, got 0 and 3');
    const proof = consistencyProof(3, 5, subtreeRoot).map((hash) => hash.slice(0, 16));
    const halved = { size1: 3, size2: 5, rootHash1: ROOTS[3], rootHash2: ROOTS[5], proof };
    expect(verifyConsistency(halved)).toBe(false);
  });
});
