import type { ExtractPartName } from '#libs/record';

/** The parts that become rows. */
export type ContentPartName = Exclude<ExtractPartName, 'encodings'>;
export const CONTENT_PARTS: readonly ContentPartName[] = ['content', 'events'];

/**
 * Columns of the rows that `ContentPart` and `EventsPart` make, in this order: chunks hold them in the binary
 * format of COPY. A row's number, from 0, is that of its record in the encodings.
 */
export const CONTENT_COLUMNS: Readonly<Record<ContentPartName, string>> = {
  content: 'row_no integer, sex text, birth_month text, citizenship text, country_of_birth text',
  events: 'row_no integer, kind text, date date, country text',
};
