import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Controller, Delete, Head, Headers as AllHeaders, HttpCode, Options, Param, Patch, Post, Req, Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiParam } from '@nestjs/swagger';
import { Acting, Requires, type ActingPrincipal } from '../access/requires.decorator.js';
import { MAX_PART_BYTES } from './limits.js';
import { PartNamePipe, type PartName } from './part-name.pipe.js';
import { TusInterceptor } from './tus.interceptor.js';
import { assertTusBody, TUS_BODY, TUS_EXTENSIONS, TUS_VERSION, uploadStart, wholeNumber, type Headers } from './tus-protocol.js';
import { UploadsService, type Upload } from './uploads.service.js';

/** A line on which nothing moves for so long is dead; what had come is stored. */
const SILENCE_MS = 60_000;

const VERSION = { name: 'Tus-Resumable', required: true, schema: { type: 'string', enum: [TUS_VERSION] } };

/** The bytes of an extract's parts, by the protocol tus 1.0.0. */
@Controller('api/extracts/:extract')
@UseInterceptors(TusInterceptor)
export class UploadsController {
  constructor(private readonly uploads: UploadsService) {}

  /** What the service can do, for clients of the protocol that ask. */
  @Options('parts/:part/uploads')
  @ApiParam({ name: 'extract', type: String })
  @HttpCode(204)
  @Requires('extract.submit')
  options(
    @Param('part', PartNamePipe) _part: PartName, @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    response.setHeader('tus-version', TUS_VERSION);
    response.setHeader('tus-extension', TUS_EXTENSIONS);
    response.setHeader('tus-max-size', MAX_PART_BYTES);
  }

  /** Announces a piece of a part: `Upload-Length` bytes from byte `start` of `Upload-Metadata` (else 0). */
  @Post('parts/:part/uploads')
  @ApiHeader(VERSION)
  @ApiHeader({ name: 'Upload-Length', required: true })
  @ApiHeader({ name: 'Upload-Metadata', required: false })
  @HttpCode(201)
  @Requires('extract.submit')
  async create(
    @Acting() principal: ActingPrincipal, @Param('extract') id: string,
    @Param('part', PartNamePipe) part: PartName, @AllHeaders() headers: Headers, @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<void> {
    const piece = { start: uploadStart(headers), length: wholeNumber(headers, 'upload-length') };
    const upload = await this.uploads.create(principal, id, part, piece);
    response.setHeader('location', `/api/extracts/${id}/uploads/${upload.id}`);
    tell(response, upload, upload.received);
  }

  /** How far an upload is. */
  @Head('uploads/:upload')
  @ApiHeader(VERSION)
  @HttpCode(200)
  @Requires('extract.submit')
  async offset(
    @Acting() principal: ActingPrincipal, @Param('extract') id: string, @Param('upload') uploadId: string,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<void> {
    const upload = await this.uploads.find(principal, id, uploadId);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('upload-length', upload.length);
    tell(response, upload, upload.received);
  }

  /** Bytes of an upload from `Upload-Offset` on; the answer's `Upload-Offset` says what is durable. */
  @Patch('uploads/:upload')
  @ApiHeader(VERSION)
  @ApiHeader({ name: 'Upload-Offset', required: true })
  @ApiConsumes(TUS_BODY)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @HttpCode(204)
  @Requires('extract.submit')
  async append(
    @Acting() principal: ActingPrincipal, @Param('extract') id: string, @Param('upload') uploadId: string,
    @Req() body: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<void> {
    assertTusBody(body.headers);
    body.setTimeout(SILENCE_MS, () => body.destroy());
    const offset = await this.uploads.append(
      principal, id, uploadId, wholeNumber(body.headers, 'upload-offset'), body);
    response.setHeader('upload-offset', offset);
  }

  /** Gives an upload up, with the bytes that had come. */
  @Delete('uploads/:upload')
  @ApiHeader(VERSION)
  @HttpCode(204)
  @Requires('extract.submit')
  async cancel(
    @Acting() principal: ActingPrincipal, @Param('extract') id: string, @Param('upload') uploadId: string,
  ): Promise<void> {
    await this.uploads.cancel(principal, id, uploadId);
  }
}

function tell(response: ServerResponse, upload: Upload, offset: number): void {
  response.setHeader('upload-offset', offset);
  response.setHeader('upload-expires', upload.expiresAt.toUTCString());
}
