import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ClkBinaryReader, ClkJsonReader } from '#libs/encode';
import type { DeliveredClks, ExtractPart } from '#libs/record';
import type { DataKey } from './data-key.js';
import type { ExtractRow } from './extracts.repository.js';
import { PackedFilters } from './packed-filters.js';
import { PartBytes } from './part-bytes.js';
import { PartMeter } from './part-meter.js';
import { BatchMemory, SealedBatches } from './sealed-batches.js';
import { UploadsRepository } from './uploads.repository.js';

/**
 * A file of filters that another program wrote, and the record ids of the content beside it, into the rows
 * that every other extract is delivered as. The rows take the place of the file: linkage reads one form, and
 * the check that comes after reads what is kept.
 */
@Injectable()
export class DeliveredFilters {
  constructor(private readonly uploads: UploadsRepository, private readonly bytes: PartBytes) {}

  /**
   * In the caller's transaction. Memory: some chunks.
   *
   * @returns rows, size and SHA-256 of what was written: what is read afterwards must be that.
   * @throws VinculumError `EXTRACT_PART_DIFFERS`, `EXTRACT_ROWS_REFUSED`, `CLKS_INVALID`.
   */
  async pack(
    manager: EntityManager, { id, manifest }: ExtractRow, key: DataKey, clks: DeliveredClks,
  ): Promise<ExtractPart> {
    const { encodings } = manifest.parts;
    // Rows lie behind the file until it goes: no two chunks of an extract are ever sealed for one place.
    const begin = encodings.bytes;
    const sent = new PartMeter('encodings', encodings);
    const packed = new PackedFilters(
      manifest, clks.layout === 'json' ? new ClkJsonReader(clks) : new ClkBinaryReader(clks));
    const rows = packed.rows(
      sent.pass(this.bytes.byTurns(manager, id, key, 'encodings', begin)),
      this.bytes.byTurns(manager, id, key, 'content'));
    const sealing = new SealedBatches(key, 'encodings', begin, Infinity, new BatchMemory());
    for await (const { chunks } of sealing.of(rows)) {
      await this.uploads.storeChunks(manager, id, 'encodings', chunks);
    }
    sent.assertWhole();
    packed.findings.assertNone('encodings');
    await this.uploads.removeEncodingsBefore(manager, id, begin);
    return packed.part();
  }
}
