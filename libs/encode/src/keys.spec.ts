import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { createRecordIdentifier, deriveKey, keyFingerprint, opaqueRecordId } from './keys.js';
import { createTokenHasher } from './token-positions.js';

const SECRET = Uint8Array.from({ length: 40 }, (_, i) => (i * 7) % 256);

// node:crypto is the independent implementation here.
describe('keys', () => {
  it('derives by HKDF-SHA-256 with length-prefixed uses', () => {
    const expected = hkdfSync('sha256', SECRET, 'vinculum encoding 1', '1:a2:bc', 32);
    expect(deriveKey(SECRET, 'a', 'bc')).toEqual(new Uint8Array(expected));
    expect(deriveKey(SECRET, 'ab', 'c')).not.toEqual(deriveKey(SECRET, 'a', 'bc'));
  });

  it('fingerprints by the first 8 bytes of SHA-256(secret || "fp")', () => {
    expect(keyFingerprint(SECRET)).toBe(createHash('sha256').update(SECRET).update('fp').digest('hex').slice(0, 16));
  });

  it('makes opaque record ids of 16 bytes, different in each register', () => {
    const key = deriveKey(SECRET, 'record-id', 'permits');
    const expected = createHmac('sha256', key).update('x-1').digest().subarray(0, 16);
    expect(opaqueRecordId(SECRET, 'permits', 'x-1')).toEqual(new Uint8Array(expected));
    expect(createRecordIdentifier(SECRET, 'permits')('x-1')).toEqual(new Uint8Array(expected));
    expect(opaqueRecordId(SECRET, 'crossings', 'x-1')).not.toEqual(new Uint8Array(expected));
  });

  it('makes the same ids in any order, short and long', () => {
    const ids = ['', 'a', 'Ж'.repeat(40), 'b'.repeat(200), 'a', 'x'.repeat(64), 'é', 'x'.repeat(65), '\ud800'];
    const identify = createRecordIdentifier(SECRET, 'permits');
    expect(ids.map(identify)).toEqual(ids.map((id) => opaqueRecordId(SECRET, 'permits', id)));
    const key = deriveKey(SECRET, 'record-id', 'permits');
    const expected = ids.map((id) => new Uint8Array(createHmac('sha256', key).update(id).digest().subarray(0, 16)));
    expect(ids.map(identify)).toEqual(expected);
  });

  it('takes bit positions from HMAC-SHA-256 blocks of eight 32-bit numbers', () => {
    const key = deriveKey(SECRET, 'tokens');
    const block = (c: number): Buffer => createHmac('sha256', key).update(Buffer.from([0, 0, 0, c])).update('_Ñ').digest();
    const stream = Buffer.concat([block(0), block(1)]);
    const expected = Array.from({ length: 11 }, (_, i) => stream.readUInt32BE(4 * i) % 960);
    expect(createTokenHasher(key, 960)('_Ñ', 11)).toEqual(expected);
    expect(createTokenHasher(key, 960)('_Ñ', 3)).toEqual(expected.slice(0, 3));
  });
});
