import { createHash } from 'node:crypto';

/** Of this use and of no other: an equal hash elsewhere means nothing. */
const DOMAIN = 'vinculum objection token 1\n';

/**
 * The token of a person's encoding: SHA-256 of the filters of a row of `encodings.bin`, all segments in their
 * order. Who has the project's key and spec computes it from the identifiers again, whatever the id of the
 * record is by then; equal identifiers give equal tokens, and one letter gives another.
 *
 * @param filters of one row, whole or cut between segments.
 * @returns 32 bytes; undefined where no bit is set: nobody is encoded there.
 */
export function encodingToken(filters: readonly Uint8Array[]): Buffer | undefined {
  if (filters.every((bytes) => bytes.every((byte) => byte === 0))) return undefined;
  const hash = createHash('sha256').update(DOMAIN);
  for (const bytes of filters) hash.update(bytes);
  return hash.digest();
}
