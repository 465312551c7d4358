import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { VinculumError } from '#libs/record';
import { fromBase64, toBase64 } from './base64.js';
import { equalBytes } from './merkle-hash.js';

/** How a key signs: Ed25519 over the text, or Ed25519 over the text with the time it was seen. */
export type SignatureType = typeof NOTE_SIGNATURE | typeof COSIGNATURE;

/** C2SP signed-note: Ed25519 over the note's text. */
export const NOTE_SIGNATURE = 0x01;
/** C2SP tlog-cosignature: Ed25519 over a header, a time and the note's text. */
export const COSIGNATURE = 0x04;

/** The public half of a signer, under the name that its signature lines carry. */
export interface VerifierKey {
  /** Not empty, without white space and `+`; by convention a schema-less URL. */
  readonly name: string;
  /** 4 bytes: a hint which key signed, no proof. */
  readonly keyId: Uint8Array;
  readonly type: SignatureType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Makes an Ed25519 signature (64 bytes); the private key stays with the caller. */
export type Sign = (message: Uint8Array) => Uint8Array;

/**
 * True when `signature` (64 bytes) is the Ed25519 signature (RFC 8032) of `message` under `publicKey`
 * (32 bytes); false, never an error, for anything else.
 */
export type VerifySignature =
  (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** First four bytes of SHA-256(name || 0x0A || type || public key), C2SP signed-note. */
export function keyIdOf(name: string, type: SignatureType, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes(`${name}\n`), new Uint8Array([type]), publicKey)).slice(0, 4);
}

/** @throws VinculumError AUDIT_KEY_INVALID on a name or a key of the wrong form. */
export function verifierKey(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw invalid('a name without white space, control characters and +');
  if (publicKey.length !== 32) throw invalid(`a public key of 32 bytes, got ${publicKey.length}`);
  return { name, type, publicKey, keyId: keyIdOf(name, type, publicKey) };
}

/** `name+hex key id+base64(type || public key)`, as C2SP signed-note writes it. */
export function formatVerifierKey(key: VerifierKey): string {
  const encoded = toBase64(concatBytes(new Uint8Array([key.type]), key.publicKey));
  return `${key.name}+${bytesToHex(key.keyId)}+${encoded}`;
}

/** @throws VinculumError AUDIT_KEY_INVALID: no key, of another kind, or a key id that is not the key's. */
export function parseVerifierKey(text: string): VerifierKey {
  const fields = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (fields === null) throw invalid('name+8 hex digits+base64');
  const [, name, keyId, encoded] = fields;
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length === 0) throw invalid('base64 in the third part');
  const type = bytes[0];
  if (type !== NOTE_SIGNATURE && type !== COSIGNATURE) {
    throw invalid(`an Ed25519 key (type 1) or a cosigning key (type 4), got type ${type}`);
  }
  const key = verifierKey(name, type, bytes.slice(1));
  if (bytesToHex(key.keyId) !== keyId) throw invalid('a key id that belongs to the key: it was altered');
  return key;
}

/** Same name and same key material. */
export function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.name === b.name && a.type === b.type && equalBytes(a.publicKey, b.publicKey);
}

/** Whether a text may name a key in a signature line. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\s+\u0000-\u001f\u007f]/u.test(name);
}

function invalid(expected: string): VinculumError {
  return new VinculumError('AUDIT_KEY_INVALID',
    `A verifier key was expected (${expected}). Ask the operator of the log for its key line.`);
}
