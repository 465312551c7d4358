import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CodeLists } from './code-lists.js';
import type { ContentKey } from './content-key.js';
import { ContentPart } from './content-part.js';
import { ContentRepository } from './content.repository.js';
import type { ContentPartName } from './content-tables.js';
import type { DataKey } from './data-key.js';
import { EventsPart } from './events-part.js';
import type { ExtractRow } from './extracts.repository.js';
import { PartBytes } from './part-bytes.js';
import { PartMeter } from './part-meter.js';
import type { RecordRows } from './record-rows.js';
import { RowFindings } from './row-findings.js';
import { sealedRows } from './sealed-rows.js';
import type { TextPart } from './text-part.js';

/** The keys of one extract: what came is under `data`, the rows that are made of it under `content`. */
export interface ContentKeys {
  readonly data: DataKey;
  readonly content: ContentKey;
}

/** Content and events, once checked, into the rows that are kept: without record ids, encrypted. */
@Injectable()
export class DeliveredContent {
  private readonly codes = new CodeLists();

  constructor(private readonly content: ContentRepository, private readonly bytes: PartBytes) {}

  /**
   * In the caller's transaction. Memory: some chunks.
   *
   * @param rows record id -> row of the encodings.
   * @throws VinculumError `EXTRACT_PART_DIFFERS`, `EXTRACT_ROWS_REFUSED`.
   */
  async keep(
    manager: EntityManager, extract: ExtractRow, keys: ContentKeys, rows: RecordRows,
  ): Promise<void> {
    const { id, manifest } = extract;
    const content = new ContentPart(manifest, rows, this.codes);
    await this.store(manager, id, keys, 'content', this.checked(manager, extract, keys, 'content', content));
    const events = new EventsPart(manifest, rows, this.codes);
    await this.content.beginEvents(manager);
    await this.store(manager, id, keys, 'events',
      this.noted(manager, this.checked(manager, extract, keys, 'events', events)));
    await this.assertNoContradictions(manager);
  }

  private async store(
    manager: EntityManager, id: string, keys: ContentKeys, part: ContentPartName, rows: AsyncIterable<Buffer>,
  ): Promise<void> {
    for await (const chunk of sealedRows(keys.content, part, rows)) {
      await this.content.store(manager, id, chunk);
    }
  }

  /** Rows of a part, none where it was not announced; faults are known after the last one. */
  private async* checked(
    manager: EntityManager, { id, manifest }: ExtractRow, keys: ContentKeys, part: ContentPartName,
    text: TextPart,
  ): AsyncGenerator<Buffer> {
    const announced = manifest.parts[part];
    if (!announced) return;
    const meter = new PartMeter(part, announced);
    yield* text.copyRows(meter.pass(this.bytes.byTurns(manager, id, keys.data, part)));
    meter.assertWhole();
    text.findings.assertNone(part);
  }

  private async* noted(manager: EntityManager, events: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const rows of events) {
      await this.content.addEvents(manager, rows);
      yield rows;
    }
  }

  /** Events that came in any order can be looked at together when all are there. */
  private async assertNoContradictions(manager: EntityManager): Promise<void> {
    const findings = new RowFindings();
    for (const { row, reason } of await this.content.contradictions(manager)) findings.add(row, 'date', reason);
    findings.assertNone('events, by the row of their record');
  }
}
