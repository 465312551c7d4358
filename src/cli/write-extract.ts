import { join } from 'node:path';
import type { ExtractManifest } from '#libs/record';
import {
  ExtractWriter, RecordIdPartitions, partialFolder, type ExtractHeading,
} from '../extract-folder/index.js';
import { encodeEvents, type EventsJob } from './encode-events.js';
import { refusalOfWriting } from './write-refusal.js';

/** What every command that makes an extract says of it. */
export interface ExtractJob extends EventsJob {
  readonly out: string;
  readonly content?: unknown;
  readonly events?: string;
}

/**
 * Makes an extract: its records by `writeRecords`, which returns the bytes that it read and adds the id of
 * each record to `ids`; then its events. However it fails, nothing is left.
 *
 * @throws VinculumError OUTPUT_NOT_WRITTEN, EXTRACT_EXISTS, what `writeRecords` throws, and for the events
 *   ROWS_REFUSED, CSV_UNREADABLE, COLUMNS_INVALID.
 */
export async function writeExtract(
  job: ExtractJob, heading: ExtractHeading,
  writeRecords: (writer: ExtractWriter, ids: RecordIdPartitions) => Promise<number>,
): Promise<ExtractManifest> {
  const writer = openWriter(job, heading);
  const ids = new RecordIdPartitions(join(partialFolder(job.out), 'record-ids'));
  const eventIds = new RecordIdPartitions(join(partialFolder(job.out), 'event-ids'));
  try {
    const bytes = await writeRecords(writer, ids);
    if (job.events !== undefined) await encodeEvents(job, job.events, writer, ids, eventIds, bytes);
    ids.close();
    eventIds.close();
    return writer.finish();
  } catch (error) {
    ids.close();
    eventIds.close();
    writer.discard();
    throw refusalOfWriting(job.out, error);
  }
}

function openWriter({ out, content, events }: ExtractJob, heading: ExtractHeading): ExtractWriter {
  try {
    return new ExtractWriter(out, heading, { content: content !== undefined, events: events !== undefined });
  } catch (error) {
    throw refusalOfWriting(out, error);
  }
}
