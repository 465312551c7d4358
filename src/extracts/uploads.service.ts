import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExtractPartName } from '#libs/record';
import type { ActingPrincipal } from '../access/requires.decorator.js';
import { ShortLivedBuffers } from '../platform/memory/short-lived-buffers.js';
import { notFound, Refusal } from '../platform/problem/refusal.js';
import { SERVICE_CONTEXT, type ServiceContext } from '../platform/settings/service-context.module.js';
import type { Project } from '../projects/project-view.js';
import { ProjectsService } from '../projects/projects.service.js';
import { assertReceiving, CustodianExtracts } from './custodian-extracts.js';
import type { DataKey } from './data-key.js';
import type { ExtractRow } from './extracts.repository.js';
import { MAX_STREAMS, MAX_UPLOADS_A_PART } from './limits.js';
import { BatchMemories, SealedBatches, untilBroken, type Batch } from './sealed-batches.js';
import { UploadsRepository, type UploadRow } from './uploads.repository.js';

const HOUR_MS = 3_600_000;
/** Asked too often, the collector takes what a socket still holds for old. A check needs the memory more. */
const BYTES_THAT_MAY_WAIT = 8 * 2 ** 20;

/** An upload, and when it expires unless something comes. */
export interface Upload extends UploadRow {
  readonly expiresAt: Date;
}

interface Stream {
  readonly principal: ActingPrincipal;
  readonly extract: ExtractRow;
  readonly project: Project;
  readonly upload: UploadRow;
  readonly key: DataKey;
}

/** Bytes of parts as they arrive: durable and encrypted before the sender hears of them. */
@Injectable()
export class UploadsService {
  private streams = 0;
  private readonly memories = new BatchMemories();
  private readonly buffers = new ShortLivedBuffers(BYTES_THAT_MAY_WAIT);

  constructor(
    @Inject(SERVICE_CONTEXT) private readonly context: ServiceContext,
    private readonly custodian: CustodianExtracts,
    private readonly uploads: UploadsRepository,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * Announces the bytes from `start` of a part. The same piece again is the same upload, whoever sends it:
   * two clients that race fill it together.
   *
   * @throws Refusal 409 `UPLOAD_OVERLAPS`, 422 `PART_NOT_ANNOUNCED`, `UPLOAD_OUTSIDE_PART`,
   *   `TOO_MANY_UPLOADS`.
   */
  async create(
    principal: ActingPrincipal, id: string, part: ExtractPartName, piece: { start: number; length: number },
  ): Promise<Upload> {
    return this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id, 'update');
      assertReceiving(extract);
      await this.projects.enter(principal, extract.project);
      const ofPart = (await this.uploads.ofExtract(manager, id)).filter((upload) => upload.part === part);
      const same = ofPart.find(({ start, length }) => start === piece.start && length === piece.length);
      if (same) return this.shown(same);
      assertFits(extract, part, piece, ofPart);
      const upload = { id: randomUUID(), part, ...piece, received: 0, changedAt: new Date() };
      await this.uploads.insert(manager, id, upload);
      return this.shown(upload);
    });
  }

  async find(principal: ActingPrincipal, id: string, uploadId: string): Promise<Upload> {
    return this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id);
      assertReceiving(extract);
      return this.shown(await this.uploadOf(manager, extract, uploadId));
    });
  }

  /**
   * Takes bytes of an upload from `offset` on, as many as come.
   *
   * @returns the offset after what is stored; it may be less than was sent.
   * @throws Refusal 409 `UPLOAD_OFFSET` where the upload is somewhere else: of two that send the same bytes
   *   one wins; 413 `UPLOAD_TOO_LONG`; 503 `UPLOADS_BUSY`.
   */
  async append(
    principal: ActingPrincipal, id: string, uploadId: string, offset: number, body: Readable,
  ): Promise<number> {
    if (this.streams >= MAX_STREAMS) {
      throw new Refusal(503, 'UPLOADS_BUSY', `${MAX_STREAMS} uploads go on already`, 'try again');
    }
    this.streams++;
    try {
      return await this.receive(await this.open(principal, id, uploadId), offset, body);
    } finally {
      this.streams--;
      if (this.streams === 0) this.memories.release();
      // What is left unread would keep the answer from getting through.
      body.resume();
    }
  }

  /** Gives the bytes of an upload up. */
  async cancel(principal: ActingPrincipal, id: string, uploadId: string): Promise<void> {
    await this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id, 'update');
      assertReceiving(extract);
      const project = await this.projects.enter(principal, extract.project);
      const upload = await this.uploadOf(manager, extract, uploadId);
      await this.uploads.remove(manager, id, upload);
      const { part, start, received } = upload;
      await this.custodian.log(
        manager, principal, project, 'extract.cancel-upload', id, 'ok', { part, start, received });
    });
  }

  private async open(principal: ActingPrincipal, id: string, uploadId: string): Promise<Stream> {
    return this.custodian.transaction(principal.organisation, async (manager) => {
      const extract = await this.custodian.find(manager, principal, id);
      assertReceiving(extract);
      const project = await this.projects.read(principal, extract.project);
      const upload = await this.uploadOf(manager, extract, uploadId);
      return { principal, extract, project, upload, key: await this.custodian.keyOf(extract) };
    });
  }

  private async receive(stream: Stream, offset: number, body: Readable): Promise<number> {
    const { upload, key } = stream;
    if (offset !== upload.received) throw offsetDiffers();
    const memory = this.memories.take();
    const received = new SealedBatches(
      key, upload.part, upload.start + offset, upload.length - offset, memory);
    let storedTo = offset;
    let storing = Promise.resolve();
    for await (const batch of received.of(untilBroken(body))) {
      // One batch is stored while the next arrives.
      await storing;
      storing = this.store(stream, storedTo, batch);
      storing.catch(() => undefined); // Heard at the next await.
      storedTo += batch.bytes;
      this.buffers.pass(batch.bytes);
    }
    await storing;
    // Not after a failure: something may still be on its way out of it.
    this.memories.giveBack(memory);
    if (received.surplus) {
      throw new Refusal(413, 'UPLOAD_TOO_LONG', `expected ${upload.length} bytes in all, got more`);
    }
    return storedTo;
  }

  private async store(
    { principal, extract, project, upload }: Stream, from: number, batch: Batch,
  ): Promise<void> {
    await this.custodian.transaction(principal.organisation, async (manager) => {
      await this.custodian.assertStillReceiving(manager, extract.id);
      const to = from + batch.bytes;
      if (!await this.uploads.advance(manager, upload.id, from, to)) throw offsetDiffers();
      await this.uploads.storeChunks(manager, extract.id, upload.part, batch.chunks);
      if (to < upload.length) return;
      const { part, start, length } = upload;
      await this.custodian.log(
        manager, principal, project, 'extract.receive', extract.id, 'ok', { part, start, bytes: length });
    });
  }

  private async uploadOf(manager: EntityManager, extract: ExtractRow, id: string): Promise<UploadRow> {
    const upload = (await this.uploads.ofExtract(manager, extract.id)).find((row) => row.id === id);
    if (!upload) throw notFound('upload');
    return upload;
  }

  private shown(upload: UploadRow): Upload {
    const quiet = this.context.settings.uploadExpiryHours * HOUR_MS;
    return { ...upload, expiresAt: new Date(upload.changedAt.getTime() + quiet) };
  }
}

function assertFits(
  extract: ExtractRow, part: ExtractPartName, { start, length }: { start: number; length: number },
  ofPart: readonly UploadRow[],
): void {
  const bytes = extract.manifest.parts[part]?.bytes;
  if (bytes === undefined) throw new Refusal(422, 'PART_NOT_ANNOUNCED', `the manifest names no part ${part}`);
  if (length < 1 || start + length > bytes) {
    throw new Refusal(422, 'UPLOAD_OUTSIDE_PART',
      `expected at least one byte, and none after the ${bytes} bytes that the manifest announces`);
  }
  if (ofPart.some((other) => start < other.start + other.length && other.start < start + length)) {
    throw new Refusal(409, 'UPLOAD_OVERLAPS', 'some of these bytes belong to another upload of the part',
      `GET /api/extracts/${extract.id} lists the uploads; go on with them, or cancel them`);
  }
  if (ofPart.length >= MAX_UPLOADS_A_PART) {
    throw new Refusal(422, 'TOO_MANY_UPLOADS', `expected at most ${MAX_UPLOADS_A_PART} uploads of a part`);
  }
}

function offsetDiffers(): Refusal {
  return new Refusal(409, 'UPLOAD_OFFSET', 'the upload is not at this offset; somebody else may have sent the bytes',
    'ask for the offset with HEAD, then go on from there');
}
