import { VinculumError } from '#libs/record';
import { fromBase64, toBase64 } from './base64.js';
import { HASH_BYTES } from './merkle-hash.js';
import { isCount } from './merkle-tree.js';
import { signNote, type SignedNote } from './signed-note.js';
import type { Sign, VerifierKey } from './verifier-key.js';

/** What the log is at one moment: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log for ever; also the name of its key. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
}

/** `origin`, size and base64 root, a line each. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.rootHash)}\n`;
}

/**
 * Reads the text of a checkpoint. Extension lines, which the specification allows and discourages, are
 * refused: this log writes none, and a line that nobody reads is a place to hide in.
 *
 * @throws VinculumError AUDIT_CHECKPOINT_INVALID
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, size, root] = lines;
  if (lines.length !== 4 || lines[3] !== '' || origin === '') throw invalid('three lines');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !isCount(Number(size))) throw invalid('a decimal size');
  const rootHash = fromBase64(root);
  if (rootHash?.length !== HASH_BYTES) throw invalid(`a root of ${HASH_BYTES} bytes in base64`);
  return { origin, size: Number(size), rootHash };
}

/** The checkpoint as a note with the log's own signature; witnesses add theirs with `cosignNote`. */
export function signCheckpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign): SignedNote {
  if (key.name !== checkpoint.origin) {
    throw new VinculumError('AUDIT_KEY_INVALID',
      'The name of a log\'s key is the origin of its checkpoints; they differ. Make the key for this origin.');
  }
  return signNote({ text: formatCheckpoint(checkpoint), signatures: [] }, key, sign);
}

function invalid(expected: string): VinculumError {
  return new VinculumError('AUDIT_CHECKPOINT_INVALID',
    `A checkpoint was expected (origin, size and root): ${expected}. Get the file again.`);
}
