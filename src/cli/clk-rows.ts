import { createReadStream } from 'node:fs';
import { ClkBinaryReader, ClkJsonReader, type ClkForm, type ClkRow } from '#libs/encode';
import { VinculumError } from '#libs/record';

/** Filters in one file, as clkhash or another program wrote them. */
export interface ClkFile extends ClkForm {
  readonly path: string;
  /** `{"clks":[base64,...]}`, or filters of whole bytes back to back. */
  readonly layout: ClkLayout;
}

export const CLK_LAYOUTS = ['json', 'binary'] as const;
export type ClkLayout = (typeof CLK_LAYOUTS)[number];

/**
 * Streams the rows of a file of filters.
 *
 * @throws VinculumError CLKS_UNREADABLE, CLKS_INVALID.
 */
export async function* readClkRows(file: ClkFile): AsyncGenerator<ClkRow, void, undefined> {
  const reader = file.layout === 'json' ? new ClkJsonReader(file) : new ClkBinaryReader(file);
  const chunks = createReadStream(file.path, { highWaterMark: 1 << 16 });
  try {
    for await (const chunk of chunks) yield* reader.push(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new VinculumError('CLKS_UNREADABLE', `expected a readable file with filters at ${file.path}`);
  } finally {
    chunks.destroy();
  }
  reader.finish();
}
