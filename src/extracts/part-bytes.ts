import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExtractPartName } from '#libs/record';
import type { DataKey } from './data-key.js';
import { UploadsRepository } from './uploads.repository.js';

/** Chunks that are held at once, while what is made of them is written. */
const CHUNKS_A_TURN = 4;

/** The bytes of a part as they are stored, decrypted chunk by chunk. */
@Injectable()
export class PartBytes {
  constructor(private readonly uploads: UploadsRepository) {}

  /**
   * By turns with what is written: one connection cannot read and write at once.
   *
   * @param end place where to stop; without it, the end of the part.
   */
  async* byTurns(
    manager: EntityManager, extract: string, key: DataKey, part: ExtractPartName, end = Infinity,
  ): AsyncGenerator<Buffer> {
    for (let last = -1; ;) {
      const found = await this.uploads.chunksAfter(manager, extract, part, last, CHUNKS_A_TURN);
      const chunks = found.filter(({ place }) => place < end);
      if (chunks.length === 0) return;
      for (const { place, data } of chunks) yield key.openChunk(part, place, data);
      last = chunks[chunks.length - 1].place;
    }
  }
}
