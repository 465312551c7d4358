import { createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto';

/*
 * Ed25519 (RFC 8032) with raw 32-byte keys, as the log's key lines carry them. Node's keys want a DER
 * envelope; for Ed25519 it is a constant before the 32 bytes (RFC 8410).
 */

/** Bytes of a seed (the private key of RFC 8032) and of a public key. */
export const ED25519_KEY_BYTES = 32;

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A new private key from the operating system's randomness. */
export function newEd25519Seed(): Uint8Array {
  return new Uint8Array(randomBytes(ED25519_KEY_BYTES));
}

/** The public key (32 bytes) of a seed. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(SPKI_PREFIX.length));
}

/** The signature (64 bytes, deterministic) of a message. */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKey(seed)));
}

/** True for the signature of this message under this key; false for everything else, never an error. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_KEY_BYTES) return false;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  } catch {
    // Not a point of the curve: nobody can have signed with it.
    return false;
  }
}

function privateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== ED25519_KEY_BYTES) {
    throw new RangeError(`an Ed25519 seed has ${ED25519_KEY_BYTES} bytes, got ${seed.length}`);
  }
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}
