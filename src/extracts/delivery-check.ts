import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { checkInThreads, type CheckedEncodings } from './check-threads.js';
import { DeliveredContent, type ContentKeys } from './delivered-content.js';
import { DeliveredFilters } from './delivered-filters.js';
import { assertSafe, attestation, EncodingSafety, safetyView } from './encoding-safety.js';
import type { FilterShares } from './encodings-check.js';
import type { SafetyView } from './report-view.js';
import type { ExtractRow } from './extracts.repository.js';
import { assertNoDifference } from './part-meter.js';
import { RecordRows } from './record-rows.js';
import { RowFindings } from './row-findings.js';
import { UploadsRepository } from './uploads.repository.js';

/** What a check has found so far: a refusal leaves the rest open. */
export interface Inspection {
  safety?: SafetyView;
}

/**
 * Reads a delivery from its stored chunks, from the first byte to the last: what the service says about an
 * extract, it says about the bytes that it keeps and not about those that it once received.
 *
 * Encodings stay as they are; of a file of filters, rows are made first. Content and events become rows
 * without record ids, encrypted under another key. All of it in the caller's transaction.
 * Memory: 13.4 bytes a record (`RecordRows`), what `RowBlockRisk` says for the statistics, and a few chunks.
 */
@Injectable()
export class DeliveryCheck {
  constructor(
    private readonly uploads: UploadsRepository, private readonly filters: DeliveredFilters,
    private readonly content: DeliveredContent, private readonly safety: EncodingSafety,
  ) {}

  /**
   * @param inspection takes what is found, also where the extract is refused.
   * @returns what the filters are together.
   * @throws VinculumError `EXTRACT_PART_DIFFERS`, `EXTRACT_ROWS_REFUSED`, `CLKS_INVALID`, `ENCODINGS_UNSAFE`.
   */
  async read(
    manager: EntityManager, extract: ExtractRow, keys: ContentKeys, inspection: Inspection,
  ): Promise<FilterShares> {
    const checked = await this.readEncodings(manager, extract, keys, inspection);
    await this.content.keep(manager, extract, keys, new RecordRows(checked.rows));
    return checked;
  }

  private async readEncodings(
    manager: EntityManager, extract: ExtractRow, { data: key }: ContentKeys, inspection: Inspection,
  ): Promise<CheckedEncodings> {
    const { id, manifest } = extract;
    const part = manifest.clks === undefined ? manifest.parts.encodings
      : await this.filters.pack(manager, extract, key, manifest.clks);
    const order = { manifest, part, levels: this.safety.levels, declared: attestation(manifest) };
    const checked = await checkInThreads(order, key, (room) =>
      this.uploads.chunks(manager, id, 'encodings', room));
    assertNoDifference('encodings', checked.difference);
    inspection.safety = safetyView(checked.risk);
    new RowFindings(checked.faults).assertNone('encodings');
    assertSafe(inspection.safety);
    return checked;
  }
}
