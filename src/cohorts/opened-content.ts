import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { VinculumError } from '#libs/record';
import { ContentKey } from '../extracts/content-key.js';
import { CONTENT_PARTS, type ContentPartName } from '../extracts/content-tables.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import { ContentTablesRepository } from './content-tables.repository.js';

/** Chunks that are held at once: one connection cannot read and write at the same time. */
const CHUNKS_A_TURN = 4;

/** Content and events of extracts in the clear, for as long as one transaction takes. */
@Injectable()
export class OpenedContent {
  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly tables: ContentTablesRepository,
  ) {}

  /**
   * Fills `pg_temp.record` and `pg_temp.event`, which end with the transaction. Memory: some chunks.
   *
   * @throws VinculumError `EXTRACT_DESTROYED`, or as `StorageKeys.unwrap`; Error where a chunk was altered,
   *   moved or is missing.
   */
  async open(manager: EntityManager, extracts: Iterable<string>, signal?: AbortSignal): Promise<void> {
    await this.tables.create(manager);
    for (const extract of extracts) {
      const key = await this.keyOf(manager, extract);
      for (const part of CONTENT_PARTS) {
        await this.tables.beginExtract(manager, part, extract);
        for (let next: number | undefined = 0; next !== undefined;) {
          signal?.throwIfAborted();
          next = await this.openSome(manager, extract, part, key, next);
        }
      }
    }
    await this.tables.finish(manager);
  }

  /** @returns the number of the chunk after them; undefined after the last one. */
  private async openSome(
    manager: EntityManager, extract: string, part: ContentPartName, key: ContentKey, from: number,
  ): Promise<number | undefined> {
    const chunks = await this.tables.chunks(manager, extract, part, from, CHUNKS_A_TURN);
    // Number and end are authenticated: a chunk that says another one than its own does not open.
    const numbered = chunks.every(({ number }, i) => number === from + i);
    if (chunks.length === 0 || !numbered) throw new Error(`rows of ${part} of the extract ${extract} are missing`);
    await this.tables.add(manager, part, chunks.map(({ data, ...place }) => key.open(place, data)));
    const { number, last } = chunks[chunks.length - 1];
    return last ? undefined : number + 1;
  }

  private async keyOf(manager: EntityManager, extract: string): Promise<ContentKey> {
    const wrapped = await this.tables.wrappedKey(manager, extract);
    if (wrapped) return ContentKey.unwrap(this.context.storageKeys, extract, wrapped);
    throw new VinculumError('EXTRACT_DESTROYED', 'an extract of the linkage run was destroyed; link again, then ask again');
  }
}
