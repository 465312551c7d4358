import type { ExtractPartName } from '#libs/record';
import type { PartView } from '../extracts/extract-view.js';

/** Bytes `start` to `start + length` of a part; `uploadId` where the service knows the piece already. */
export interface Piece {
  readonly part: ExtractPartName;
  readonly start: number;
  readonly length: number;
  /** Bytes that are durable already. */
  readonly offset: number;
  readonly uploadId?: string;
}

/** 64 MiB: long enough to be worth a request, short enough to share among several. */
export const PIECE_BYTES = 64 * 2 ** 20;

/**
 * What is still to be sent of a part, in order: pieces that were begun, and the gaps between them cut at
 * multiples of `pieceBytes`, so that two clients cut alike.
 */
export function piecesOf(
  part: ExtractPartName, { bytes, uploads }: PartView, pieceBytes = PIECE_BYTES,
): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const upload of [...uploads, { start: bytes, length: 0, offset: 0, uploadId: '' }]) {
    for (let end; at < upload.start; at = end) {
      end = Math.min(upload.start, (Math.floor(at / pieceBytes) + 1) * pieceBytes);
      pieces.push({ part, start: at, length: end - at, offset: 0 });
    }
    if (upload.offset < upload.length) pieces.push({ part, ...upload });
    at = upload.start + upload.length;
  }
  return pieces;
}
