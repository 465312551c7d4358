import fc from 'fast-check';
import { inclusionRanges, merkleRoot, type LeafRange } from './merkle-tree.js';
import { SubtreeRoots } from './subtree-roots.js';

const leafOf = (seq: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (seq * 7 + i) & 0xff);

/** A log of which it is noted what was read. */
function logOf(size: number): { leaves: Uint8Array[]; read: LeafRange[]; roots: SubtreeRoots } {
  const leaves = Array.from({ length: size }, (_, seq) => leafOf(seq));
  const read: LeafRange[] = [];
  const roots = new SubtreeRoots((range) => {
    read.push(range);
    return Promise.resolve(leaves.slice(range.start, range.end));
  }, 4);
  return { leaves, read, roots };
}

describe('SubtreeRoots', () => {
  it('gives the roots that the definition gives, again and again, and of the whole log', async () => {
    const places = fc.array(fc.nat(199), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 200 }), places, async (size, indices) => {
      const { leaves, roots } = logOf(size);
      for (const index of indices) {
        for (const range of [...inclusionRanges(index % size, size), { start: 0, end: size }]) {
          expect(await roots.root(range)).toEqual(merkleRoot(leaves.slice(range.start, range.end)));
        }
      }
    }));
  });

  it('reads at most two tiles for a second proof', async () => {
    const { read, roots } = logOf(103);
    const prove = async (index: number): Promise<void> => {
      for (const range of inclusionRanges(index, 103)) await roots.root(range);
    };
    await prove(17);
    await prove(50);
    read.length = 0;
    await prove(18);
    expect(read.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(8);
  });

  it('refuses to make a root of fewer leaves than there are', async () => {
    const roots = new SubtreeRoots(() => Promise.resolve([leafOf(0)]), 4);
    await expect(roots.root({ start: 0, end: 8 })).rejects.toMatchObject({ code: 'AUDIT_LEAVES_MISSING' });
  });
});
