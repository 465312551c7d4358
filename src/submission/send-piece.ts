import { Upload, type DetailedError, type UploadOptions } from 'tus-js-client';
import type { ExtractApi } from './extract-api.js';
import type { UploadBytes } from './extract-source.js';
import type { Piece } from './pieces.js';
import { noAnswer, problemOfText, ServiceRefusal } from './problem.js';

/**
 * Some three minutes in all, begun anew after each success: a service that starts again takes less. Not at
 * once: what had arrived when a line broke is being stored, and would be sent again.
 */
const RETRY_DELAYS_MS = [200, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000, 60_000];

/** Bytes in one request. */
const REQUEST_BYTES = 16 * 2 ** 20;

/** Where a piece goes, and how. */
export interface Sending {
  readonly api: ExtractApi;
  readonly extractId: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes in one request at most: what is in one that was stopped shows only once it is stored. */
  readonly requestBytes?: number | undefined;
  /** Waits between tries of a request. */
  readonly retryDelaysMs?: readonly number[];
  /** More bytes that the service has stored. */
  readonly onDurable: (bytes: number) => void;
}

/**
 * Sends a piece of a part by the tus protocol, from what the service has on; a lost connection is tried
 * again.
 *
 * @param bytes of the whole piece.
 * @throws ServiceRefusal; the signal's reason.
 */
export function sendPiece(sending: Sending, piece: Piece, bytes: UploadBytes): Promise<void> {
  const { api, extractId, signal, onDurable } = sending;
  const { part, start, length, uploadId } = piece;
  let durable = piece.offset;
  let stop = (): void => undefined;
  const sent = new Promise<void>((done, fail) => {
    const tell = (offset: number): void => {
      onDurable(offset - durable);
      durable = offset;
    };
    const upload = new Upload(bytes.file, {
      ...options(sending), ...bytes.options,
      uploadSize: length,
      endpoint: api.urlOfUploads(extractId, part),
      uploadUrl: uploadId === undefined ? null : api.urlOfUpload(extractId, uploadId),
      metadata: { start: String(start) },
      onChunkComplete: (_size, offset) => tell(offset),
      onSuccess: () => {
        tell(length);
        done();
      },
      onError: (error) => fail(refusalOf(error)),
    });
    stop = (): void => void upload.abort().finally(() => fail(signal?.reason as Error));
    if (signal?.aborted) stop();
    else {
      signal?.addEventListener('abort', stop, { once: true });
      upload.start();
    }
  });
  // One signal stops all pieces of an extract: it must not remember those that are sent.
  return sent.finally(() => signal?.removeEventListener('abort', stop));
}

function options(
  { api, retryDelaysMs = RETRY_DELAYS_MS, requestBytes = REQUEST_BYTES }: Sending,
): UploadOptions {
  return {
    chunkSize: requestBytes,
    retryDelays: [...retryDelaysMs],
    storeFingerprintForResuming: false,
    onShouldRetry: (error) => refusalOf(error).mayPass,
    onBeforeRequest: async (request) => {
      for (const [name, value] of Object.entries(await api.authorization())) request.setHeader(name, value);
    },
  };
}

function refusalOf(error: Error | DetailedError): ServiceRefusal {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return noAnswer(error.message.split('\n')[0].slice(0, 200));
  return new ServiceRefusal(problemOfText(response.getStatus(), response.getBody()));
}
