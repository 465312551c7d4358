import fc from 'fast-check';
import { ed25519PublicKey, ed25519Sign, ed25519Verify, newEd25519Seed } from './ed25519.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('Ed25519 with raw keys', () => {
  // RFC 8032 section 7.1, tests 1 to 3.
  test.each([
    ['9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b'
      + 'd25bf5f0595bbe24655141438e7a100b'],
    ['4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c'
      + '387b2eaeb4302aeeb00d291612bb0c00'],
    ['c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659'
      + '4a7c15e9716ed28dc027beceea1ec40a'],
  ])('signs as RFC 8032 does (seed %s)', (seed, publicKey, message, signature) => {
    expect(toHex(ed25519PublicKey(hex(seed)))).toBe(publicKey);
    expect(toHex(ed25519Sign(hex(seed), hex(message)))).toBe(signature);
    expect(ed25519Verify(hex(publicKey), hex(message), hex(signature))).toBe(true);
  });

  test('refuses every signature with one bit changed', () => {
    const seed = newEd25519Seed();
    const message = new Uint8Array([1, 2, 3]);
    const signature = ed25519Sign(seed, message);
    for (let bit = 0; bit < 512; bit += 1) {
      const changed = signature.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(ed25519Verify(ed25519PublicKey(seed), message, changed)).toBe(false);
    }
  });

  test('answers false, and does not throw, for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array(), fc.uint8Array({ maxLength: 80 }),
      (key, message, signature) => {
        expect(ed25519Verify(key, message, signature)).toBe(false);
      }));
    const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const anySignature = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(fc.property(anyKey, anySignature, (key, signature) => {
      expect(typeof ed25519Verify(key, new Uint8Array([7]), signature)).toBe('boolean');
    }));
  });

  test('makes a new seed each time and refuses a short one', () => {
    expect(toHex(newEd25519Seed())).not.toBe(toHex(newEd25519Seed()));
    expect(() => ed25519Sign(new Uint8Array(31), new Uint8Array())).toThrow('32 bytes, got 31');
  });
});
