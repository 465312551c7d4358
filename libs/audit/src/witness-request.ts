import { VinculumError } from '#libs/record';
import { fromBase64, toBase64 } from './base64.js';
import { HASH_BYTES } from './merkle-hash.js';
import { formatNote, parseNote, type SignedNote } from './signed-note.js';

/** C2SP tlog-witness: more than any tree of 2^63 leaves needs. */
const MAX_PROOF_LINES = 63;

/** Body of `POST add-checkpoint`: what a log sends to a witness so that it cosigns. */
export interface WitnessRequest {
  /** Size of the checkpoint that the witness cosigned last; 0 with an empty proof for a log new to it. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedNote;
}

/** `old N`, the consistency proof a hash a line, an empty line, the signed checkpoint. */
export function formatWitnessRequest(request: WitnessRequest): string {
  const hashes = request.proof.map((hash) => `${toBase64(hash)}\n`).join('');
  return `old ${request.oldSize}\n${hashes}\n${formatNote(request.checkpoint)}`;
}

/** @throws VinculumError AUDIT_WITNESS_REQUEST_INVALID, or what `parseNote` throws for the checkpoint. */
export function parseWitnessRequest(text: string): WitnessRequest {
  const separator = text.indexOf('\n\n');
  const [old, ...lines] = text.slice(0, Math.max(separator, 0)).split('\n');
  const size = /^old (0|[1-9][0-9]{0,15})$/.exec(old);
  const proof = lines.map(fromBase64);
  const whole = proof.every((hash): hash is Uint8Array => hash?.length === HASH_BYTES);
  if (separator < 0 || size === null || !whole || proof.length > MAX_PROOF_LINES) {
    throw new VinculumError('AUDIT_WITNESS_REQUEST_INVALID',
      `Expected "old N", at most ${MAX_PROOF_LINES} base64 hashes, an empty line and a signed checkpoint.`);
  }
  return { oldSize: Number(size[1]), proof, checkpoint: parseNote(text.slice(separator + 2)) };
}
