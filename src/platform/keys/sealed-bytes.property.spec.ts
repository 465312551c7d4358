import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openSealed, seal, SEAL_BYTES, Sealer } from './sealed-bytes.js';

/** Lengths about those at which a cipher is handed the next bytes. */
const length = fc.oneof(fc.nat(40), fc.integer({ min: (1 << 16) - 2, max: (1 << 16) + 2 }), fc.nat(200_000));

describe('Sealer', () => {
  it('seals what comes in pieces as one, in the memory that it was given', () => {
    fc.assert(fc.property(fc.array(length, { maxLength: 5 }), fc.nat(50), (lengths, spare) => {
      const key = randomBytes(32);
      const pieces = lengths.map((bytes) => randomBytes(bytes));
      const plain = Buffer.concat(pieces);
      const memory = Buffer.alloc(plain.length + SEAL_BYTES + spare, 7);
      const sealer = new Sealer(key, 'here', memory);
      for (const piece of pieces) sealer.add(piece);
      const sealed = sealer.finish();
      expect(sealed.buffer).toBe(memory.buffer);
      expect(memory.subarray(sealed.length).equals(Buffer.alloc(spare, 7))).toBe(true);
      const into = Buffer.alloc(plain.length + spare);
      expect(openSealed(key, sealed, 'here', into).equals(plain)).toBe(true);
      expect(openSealed(key, seal(key, plain, 'there'), 'there').equals(plain)).toBe(true);
      expect(() => openSealed(key, sealed, 'there', into)).toThrow(/authenticate/);
      const changed = Buffer.from(sealed);
      changed[spare % changed.length] ^= 1;
      expect(() => openSealed(key, changed, 'here', into)).toThrow(/authenticate/);
    }), { numRuns: 40 });
  });

  it('refuses memory that is too small, for sealing and for opening', () => {
    const key = randomBytes(32);
    const sealer = new Sealer(key, 'here', Buffer.alloc(100));
    expect(() => sealer.add(Buffer.alloc(100))).toThrow(/out of bounds/);
    expect(() => openSealed(key, seal(key, Buffer.alloc(10), 'here'), 'here', Buffer.alloc(9))).toThrow(/out of bounds/);
  });
});
