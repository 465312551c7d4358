import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { VinculumError } from '#libs/record';
import { fromBase64, toBase64 } from './base64.js';
import { equalBytes } from './merkle-hash.js';
import { cosignedMessage } from './cosigned-message.js';
import {
  COSIGNATURE, isKeyName, NOTE_SIGNATURE, type Sign, type VerifierKey, type VerifySignature,
} from './verifier-key.js';

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** 64 bytes of Ed25519; for a cosignature 8 bytes of time (seconds since 1970, big-endian) before them. */
  readonly signature: Uint8Array;
}

/** A text and who signed it: C2SP signed-note. `text` ends in a newline. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * `absent`: no line of this key; `wrong`: a line that does not verify.
 * `time`: seconds since 1970, of cosignatures only.
 */
export type SignatureCheck =
  | { readonly status: 'valid'; readonly time?: number }
  | { readonly status: 'absent' | 'wrong' };

const ED25519_SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
/** A limit against memory exhaustion, far above any real number of witnesses. */
const MAX_SIGNATURES = 100;

/** Text, an empty line, one line a signature: `\u2014 name base64(key id || signature)`. */
export function formatNote(note: SignedNote): string {
  const lines = note.signatures.map(({ name, keyId, signature }) =>
    `\u2014 ${name} ${toBase64(concatBytes(keyId, signature))}\n`);
  return `${note.text}\n${lines.join('')}`;
}

/** @throws VinculumError AUDIT_NOTE_INVALID unless the text is exactly what `formatNote` writes. */
export function parseNote(text: string): SignedNote {
  const separator = text.lastIndexOf('\n\n');
  if (separator < 0) throw invalid('a text, an empty line and signature lines');
  const body = text.slice(0, separator + 1);
  // The specification allows no control character but the newline.
  if (body === '\n' || /[\u0000-\u0009\u000b-\u001f\u007f]/u.test(body)) throw invalid('a printable text');
  const block = text.slice(separator + 2);
  if (block === '' || !block.endsWith('\n')) throw invalid('at least one signature line, each with its newline');
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw invalid(`at most ${MAX_SIGNATURES} signatures`);
  return { text: body, signatures: lines.map(parseSignatureLine) };
}

/** Adds the signature of a type 1 key. */
export function signNote(note: SignedNote, key: VerifierKey, sign: Sign): SignedNote {
  expectType(key, NOTE_SIGNATURE);
  return withSignature(note, key, sign(utf8ToBytes(note.text)));
}

/**
 * Adds the cosignature of a type 4 key: its owner saw this text, consistent with all it saw before, at
 * `time` (seconds since 1970).
 */
export function cosignNote(note: SignedNote, key: VerifierKey, time: number, sign: Sign): SignedNote {
  expectType(key, COSIGNATURE);
  const signature = sign(cosignedMessage(time, note.text));
  return withSignature(note, key, concatBytes(timeBytes(time), signature));
}

/** Checks the line of one key. With two lines of one key, both must verify. */
export function checkSignature(
  note: SignedNote, key: VerifierKey, verifySignature: VerifySignature,
): SignatureCheck {
  const lines = note.signatures.filter((line) => isSignedBy(line, key));
  if (lines.length === 0) return { status: 'absent' };
  const checks = lines.map((line) => checkLine(note.text, line, key, verifySignature));
  return checks.find((check) => check.status === 'wrong') ?? checks[0];
}

/** Whether a line claims to be of this key: its name and key id. */
export function isSignedBy(line: NoteSignature, key: VerifierKey): boolean {
  return line.name === key.name && equalBytes(line.keyId, key.keyId);
}

function checkLine(
  text: string, line: NoteSignature, key: VerifierKey, verifySignature: VerifySignature,
): SignatureCheck {
  if (key.type === NOTE_SIGNATURE) {
    const whole = line.signature.length === ED25519_SIGNATURE_BYTES;
    const valid = whole && verifySignature(key.publicKey, utf8ToBytes(text), line.signature);
    return { status: valid ? 'valid' : 'wrong' };
  }
  if (line.signature.length !== TIME_BYTES + ED25519_SIGNATURE_BYTES) return { status: 'wrong' };
  const time = timeOf(line.signature);
  if (!Number.isSafeInteger(time)) return { status: 'wrong' };
  const signature = line.signature.slice(TIME_BYTES);
  const valid = verifySignature(key.publicKey, cosignedMessage(time, text), signature);
  return valid ? { status: 'valid', time } : { status: 'wrong' };
}

function parseSignatureLine(line: string): NoteSignature {
  const fields = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  const bytes = fields === null ? undefined : fromBase64(fields[2]);
  if (fields === null || bytes === undefined || bytes.length <= 4 || !isKeyName(fields[1])) {
    throw invalid('signature lines of an em dash, a name and base64');
  }
  return { name: fields[1], keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

function withSignature(note: SignedNote, key: VerifierKey, signature: Uint8Array): SignedNote {
  const line = { name: key.name, keyId: key.keyId, signature };
  return { text: note.text, signatures: [...note.signatures, line] };
}

function expectType(key: VerifierKey, type: number): void {
  if (key.type === type) return;
  throw new VinculumError('AUDIT_KEY_INVALID',
    `A key of signature type ${type} signs here, got type ${key.type}. Use the key that was made for it.`);
}

function timeBytes(time: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  return bytes;
}

function timeOf(signature: Uint8Array): number {
  return Number(new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0));
}

function invalid(expected: string): VinculumError {
  return new VinculumError('AUDIT_NOTE_INVALID', `A signed note was expected: ${expected}. Get the file again.`);
}
