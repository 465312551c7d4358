import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { copyInto } from '../platform/database/copy-rows.js';
import { checkInThread } from './check-threads.js';
import { CodeLists } from './code-lists.js';
import { ContentPart } from './content-part.js';
import type { DataKey } from './data-key.js';
import { DeliveredFilters } from './delivered-filters.js';
import { assertSafe, attestation, EncodingSafety, safetyView } from './encoding-safety.js';
import type { CheckedEncodings, FilterShares } from './encodings-check.js';
import { EventsPart } from './events-part.js';
import type { SafetyView } from './report-view.js';
import type { ExtractRow } from './extracts.repository.js';
import { PartBytes } from './part-bytes.js';
import { assertNoDifference, PartMeter } from './part-meter.js';
import { RecordRows } from './record-rows.js';
import { RowFindings } from './row-findings.js';
import type { TextPart } from './text-part.js';
import { UploadsRepository } from './uploads.repository.js';

const TARGETS = {
  content: 'content.record (extract, row_no, sex, birth_month, citizenship, country_of_birth)',
  events: 'content.event (extract, row_no, kind, date, country)',
} as const;

/** What a check has found so far: a refusal leaves the rest open. */
export interface Inspection {
  safety?: SafetyView;
}

/**
 * Reads a delivery from its stored chunks, from the first byte to the last: what the service says about an
 * extract, it says about the bytes that it keeps and not about those that it once received.
 *
 * Encodings stay as they are; of a file of filters, rows are made first. Content and events become rows of
 * the database. All of it in the caller's transaction.
 * Memory: 13.4 bytes a record (`RecordRows`), what `RowBlockRisk` says for the statistics, and a few chunks.
 */
@Injectable()
export class DeliveryCheck {
  private readonly codes = new CodeLists();

  constructor(
    private readonly uploads: UploadsRepository, private readonly bytes: PartBytes,
    private readonly filters: DeliveredFilters, private readonly safety: EncodingSafety,
  ) {}

  /**
   * @param inspection takes what is found, also where the extract is refused.
   * @returns what the filters are together.
   * @throws VinculumError `EXTRACT_PART_DIFFERS`, `EXTRACT_ROWS_REFUSED`, `CLKS_INVALID`, `ENCODINGS_UNSAFE`.
   */
  async read(
    manager: EntityManager, extract: ExtractRow, key: DataKey, inspection: Inspection,
  ): Promise<FilterShares> {
    const checked = await this.readEncodings(manager, extract, key, inspection);
    const rows = new RecordRows(checked.rows);
    const { id, manifest } = extract;
    if (manifest.parts.content) {
      await this.readText(manager, extract, key, 'content', new ContentPart(id, manifest, rows, this.codes));
    }
    if (manifest.parts.events) {
      await this.readText(manager, extract, key, 'events', new EventsPart(id, manifest, rows, this.codes));
      await this.assertNoContradictions(manager, id);
    }
    return checked;
  }

  private async readEncodings(
    manager: EntityManager, extract: ExtractRow, key: DataKey, inspection: Inspection,
  ): Promise<CheckedEncodings> {
    const { id, manifest } = extract;
    const part = manifest.clks === undefined ? manifest.parts.encodings
      : await this.filters.pack(manager, extract, key, manifest.clks);
    const order = { manifest, part, levels: this.safety.levels, declared: attestation(manifest) };
    const checked = await checkInThread(order, key, (room) =>
      this.uploads.chunks(manager, id, 'encodings', room));
    assertNoDifference('encodings', checked.difference);
    inspection.safety = safetyView(checked.risk);
    new RowFindings(checked.faults).assertNone('encodings');
    assertSafe(inspection.safety);
    return checked;
  }

  private async readText(
    manager: EntityManager, extract: ExtractRow, key: DataKey, part: 'content' | 'events', text: TextPart,
  ): Promise<void> {
    const meter = new PartMeter(part, extract.manifest.parts[part]!);
    const bytes = meter.pass(this.bytes.byTurns(manager, extract.id, key, part));
    for await (const rows of text.copyRows(bytes)) await copyInto(manager, TARGETS[part], [rows]);
    meter.assertWhole();
    text.findings.assertNone(part);
  }

  /** Events that came in any order can be looked at together when all are there. */
  private async assertNoContradictions(manager: EntityManager, extract: string): Promise<void> {
    const findings = new RowFindings();
    for (const { row, reason } of await this.uploads.contradictions(manager, extract)) {
      findings.add(row, 'date', reason);
    }
    findings.assertNone('events, by the row of their record');
  }
}
