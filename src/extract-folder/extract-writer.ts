import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  CONTENT_HEADER, EVENTS_HEADER, EXTRACT_PART_FILES, RECORD_ID_BYTES, VinculumError, encodingRowBytes,
  type ContentRow, type EventRow, type ExtractManifest, type ExtractPart,
} from '#libs/record';
import { contentLine, eventLine } from './part-rows.js';
import { PartWriter } from './part-writer.js';

/** What the manifest says before the first row is written. */
export type ExtractHeading = Omit<ExtractManifest, 'format' | 'version' | 'records' | 'parts'>;

export interface ExtractWriterOptions {
  readonly content: boolean;
  readonly events: boolean;
}

/**
 * Beside the extract's folder while it is written; what is in it besides the parts has to go before
 * `finish`.
 */
export function partialFolder(folder: string): string {
  return `${resolve(folder)}.partial`;
}

/**
 * Writes an extract row by row. Nothing is at `folder` until `finish`; `discard` leaves nothing at all.
 *
 * @throws VinculumError EXTRACT_EXISTS when there is something at `folder` already.
 */
export class ExtractWriter {
  private readonly partial: string;
  private readonly encodings: PartWriter;
  private readonly content: PartWriter | undefined;
  private readonly events: PartWriter | undefined;
  private readonly filterBytes: number;
  private records = 0;

  constructor(
    private readonly folder: string, private readonly heading: ExtractHeading, options: ExtractWriterOptions,
  ) {
    assertFree(folder);
    this.partial = partialFolder(folder);
    // What a killed run left behind was never an extract.
    rmSync(this.partial, { recursive: true, force: true });
    createFolders(this.partial);
    this.filterBytes = encodingRowBytes(heading.segments) - RECORD_ID_BYTES;
    this.encodings = this.part('encodings');
    this.content = options.content ? this.part('content', CONTENT_HEADER) : undefined;
    this.events = options.events ? this.part('events', EVENTS_HEADER) : undefined;
  }

  /** Appends a record: its opaque id, its filters back to back, its content where the extract has content. */
  writeRecord(recordId: Uint8Array, filters: Uint8Array, content?: ContentRow): void {
    if (recordId.length !== RECORD_ID_BYTES || filters.length !== this.filterBytes) {
      throw new RangeError(`expected an id of ${RECORD_ID_BYTES} and filters of ${this.filterBytes} bytes, `
        + `got ${recordId.length} and ${filters.length}`);
    }
    this.assertContent(content);
    this.encodings.append(recordId, 1);
    this.encodings.append(filters, 0);
    if (content !== undefined) this.content?.appendText(contentLine(content), 1);
    this.records++;
  }

  /**
   * Appends many records as the parts hold them: rows of id and filters, and as many lines of content.
   */
  writeRecords(records: number, encodings: Uint8Array, contentLines?: string): void {
    const expected = records * (RECORD_ID_BYTES + this.filterBytes);
    if (encodings.length !== expected) {
      throw new RangeError(`expected ${expected} bytes for ${records} records, got ${encodings.length}`);
    }
    this.assertContent(contentLines);
    this.encodings.append(encodings, records);
    if (contentLines !== undefined) this.content?.appendText(contentLines, records);
    this.records += records;
  }

  writeEvent(event: EventRow): void {
    if (this.events === undefined) throw new TypeError('expected an extract with events');
    this.events.appendText(eventLine(event), 1);
  }

  /** Closes the parts, writes the manifest and renames the folder: only now the extract is there. */
  finish(): ExtractManifest {
    const manifest: ExtractManifest = {
      format: 'vinculum-extract', version: 1, ...this.heading, records: this.records, parts: this.finishParts(),
    };
    writeFileSync(join(this.partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    assertFree(this.folder);
    createFolders(dirname(resolve(this.folder)));
    renameSync(this.partial, this.folder);
    return manifest;
  }

  /** Closes the parts and removes everything that was written. */
  discard(): void {
    for (const part of [this.encodings, this.content, this.events]) part?.close();
    rmSync(this.partial, { recursive: true, force: true });
  }

  private assertContent(content: unknown): void {
    if ((content === undefined) === (this.content === undefined)) return;
    throw new TypeError('expected content for every record of an extract or for none');
  }

  private finishParts(): ExtractManifest['parts'] {
    const parts: { encodings: ExtractPart; content?: ExtractPart; events?: ExtractPart } = {
      encodings: this.encodings.finish(),
    };
    if (this.content) parts.content = this.content.finish();
    if (this.events) parts.events = this.events.finish();
    return parts;
  }

  private part(name: keyof typeof EXTRACT_PART_FILES, header?: readonly string[]): PartWriter {
    const part = new PartWriter(join(this.partial, EXTRACT_PART_FILES[name]));
    if (header) part.appendText(`${header.join(',')}\n`, 0);
    return part;
  }
}

/** One by one: `recursive` never ends in a file system such as /proc, which denies a folder with ENOENT. */
function createFolders(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing) mkdirSync(path);
}

function assertFree(folder: string): void {
  if (existsSync(folder)) {
    throw new VinculumError('EXTRACT_EXISTS', `expected no file or folder at ${folder}; name another, or remove it`);
  }
}
