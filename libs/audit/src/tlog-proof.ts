import { VinculumError } from '#libs/record';
import { fromBase64, toBase64 } from './base64.js';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { HASH_BYTES, leafHash } from './merkle-hash.js';
import { verifyInclusion } from './proof-verification.js';
import { checkSignature, formatNote, parseNote, type SignedNote } from './signed-note.js';
import type { VerifierKey, VerifySignature } from './verifier-key.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** Proves one leaf offline (C2SP tlog-proof): its index, its inclusion proof and a signed checkpoint. */
export interface TlogProof {
  readonly index: number;
  /** From the leaf upwards. */
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedNote;
  /** Opaque bytes that the application may add; none in our own files. */
  readonly extra?: Uint8Array;
}

/** Header, optional `extra`, `index`, one hash a line, an empty line, the signed checkpoint. */
export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? '' : `extra ${toBase64(proof.extra)}\n`;
  const hashes = proof.proof.map((hash) => `${toBase64(hash)}\n`).join('');
  return `${HEADER}\n${extra}index ${proof.index}\n${hashes}\n${formatNote(proof.checkpoint)}`;
}

/** @throws VinculumError AUDIT_PROOF_INVALID, or what `parseNote` throws for the checkpoint. */
export function parseTlogProof(text: string): TlogProof {
  const separator = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(separator, 0)).split('\n');
  if (separator < 0 || lines.shift() !== HEADER) throw invalid(`the header ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? base64Line(lines.shift()!.slice('extra '.length)) : undefined;
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '');
  if (index === null) throw invalid('an index line');
  const proof = lines.map(base64Line);
  if (proof.some((hash) => hash.length !== HASH_BYTES)) throw invalid(`hashes of ${HASH_BYTES} bytes`);
  const checkpoint = parseNote(text.slice(separator + 2));
  return { index: Number(index[1]), proof, checkpoint, ...(extra === undefined ? {} : { extra }) };
}

/**
 * Whether `entry` (the canonical event as UTF-8) is the leaf that the proof speaks of, in the log of `key`.
 * Returns the checkpoint that vouches for it, or undefined. Witnesses are checked with `checkSignature`.
 */
export function verifyTlogProof(
  proof: TlogProof, entry: Uint8Array, key: VerifierKey, verifySignature: VerifySignature,
): Checkpoint | undefined {
  if (checkSignature(proof.checkpoint, key, verifySignature).status !== 'valid') return undefined;
  const checkpoint = parseCheckpoint(proof.checkpoint.text);
  const included = verifyInclusion({
    index: proof.index,
    size: checkpoint.size,
    leafHash: leafHash(entry),
    proof: proof.proof,
    rootHash: checkpoint.rootHash,
  });
  return included && checkpoint.origin === key.name ? checkpoint : undefined;
}

function base64Line(line: string): Uint8Array {
  const bytes = fromBase64(line);
  if (bytes === undefined) throw invalid('base64');
  return bytes;
}

function invalid(expected: string): VinculumError {
  return new VinculumError('AUDIT_PROOF_INVALID', `A tlog-proof was expected: ${expected}. Get the file again.`);
}
