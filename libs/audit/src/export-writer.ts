import { toBase64 } from './base64.js';
import { formatExportHeader, type ExportHeader } from './export-header.js';
import { formatNote, type SignedNote } from './signed-note.js';

/** Line between the leaves and the signed checkpoint. */
export const CHECKPOINT_MARK = 'checkpoint';

/** A leaf as the log stores it: both, so that a change of either one is seen and named. */
export interface StoredLeaf {
  /** The text that was hashed when the event was appended. */
  readonly canonicalEvent: string;
  /** 32 bytes, as computed when the event was appended. */
  readonly leafHash: Uint8Array;
}

/**
 * The lines of an export, each with its newline: header, one line a leaf in the order of the log, the mark,
 * the signed checkpoint. It writes what is stored and checks nothing: an altered log must be exportable, or
 * nobody outside could see that it was altered.
 */
export async function* exportLines(
  header: ExportHeader, leaves: Iterable<StoredLeaf> | AsyncIterable<StoredLeaf>, checkpoint: SignedNote,
): AsyncGenerator<string> {
  yield `${formatExportHeader(header)}\n`;
  for await (const leaf of leaves) {
    // No canonical event holds a line break. An altered one might, and stays one line: its hash betrays it.
    yield `${toBase64(leaf.leafHash)} ${leaf.canonicalEvent.replace(/\n/g, ' ')}\n`;
  }
  yield `${CHECKPOINT_MARK}\n`;
  yield formatNote(checkpoint);
}
