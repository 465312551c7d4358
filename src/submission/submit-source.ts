import { VinculumError, type ExtractPartName } from '#libs/record';
import type { ExtractView, PartView } from '../extracts/extract-view.js';
import type { ExtractApi } from './extract-api.js';
import type { ExtractSource } from './extract-source.js';
import { piecesOf } from './pieces.js';
import { ServiceRefusal } from './problem.js';
import { sendPiece } from './send-piece.js';
import { waitFor } from './waiting.js';

export interface Submission {
  readonly api: ExtractApi;
  readonly project: string;
  /** Pieces that are sent at the same time. */
  readonly parallel: number;
  /** Bytes in one request at most; see `Sending`. */
  readonly requestBytes?: number;
  readonly signal?: AbortSignal;
  /** What the service calls the extract from here on. */
  readonly onOpened?: (extractId: string) => void;
  /** Durable bytes and bytes in all; the first call says what was there already. */
  readonly onProgress?: (durable: number, bytes: number) => void;
  /** Everything is there; the service reads it from the first byte to the last. */
  readonly onChecking?: () => void;
}

/** The largest first: that is the order in which an extract is checked, too. */
const PARTS: readonly ExtractPartName[] = ['encodings', 'content', 'events'];
const ASK_AGAIN_MS = 1_000;

/**
 * Submits an extract. Where an earlier attempt was interrupted, by whatever it was, it goes on from
 * what the service has: nothing is remembered here. Runs in Node and in a browser.
 *
 * @returns the extract as it was accepted.
 * @throws VinculumError where a file is not as the manifest says; ServiceRefusal where the service refuses
 *   it, or does not answer for longer than `sendPiece` waits; the signal's reason.
 */
export async function submitSource(source: ExtractSource, submission: Submission): Promise<ExtractView> {
  const { api, project, signal, onOpened, onChecking } = submission;
  await assertSizes(source);
  const { extractId } = await api.open(project, source.manifest);
  onOpened?.(extractId);
  const extract = await api.read(extractId);
  if (extract.state === 'accepted') return extract;
  await sendParts(source, submission, extract);
  signal?.throwIfAborted();
  onChecking?.();
  return seal(api, extractId, signal);
}

/** The hashes are the service's to check; a file that is cut off is not worth sending. */
async function assertSizes(source: ExtractSource): Promise<void> {
  for (const name of PARTS) {
    const expected = source.manifest.parts[name]?.bytes;
    if (expected === undefined) continue;
    const size = await source.sizeOf(name);
    if (size === expected) continue;
    throw new VinculumError('EXTRACT_PART_DIFFERS',
      `${source.fileOf(name)}: expected ${expected} bytes, got ${size ?? 'no file'}; look at it with vinculum inspect`);
  }
}

/** One failure ends all that is on its way. */
async function sendParts(
  source: ExtractSource, submission: Submission, extract: ExtractView,
): Promise<void> {
  const { api, parallel, requestBytes, signal, onProgress } = submission;
  const parts = PARTS.flatMap((name) => {
    const part = extract.parts[name];
    return source.manifest.parts[name] && part ? [{ name, part }] : [];
  });
  let durable = sum(parts, ({ received }) => received);
  const bytes = sum(parts, (part) => part.bytes);
  onProgress?.(durable, bytes);
  const waiting = parts.flatMap(({ name, part }) => piecesOf(name, part));
  const failed = new AbortController();
  const sending = {
    api, extractId: extract.extractId, requestBytes,
    signal: AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]),
    onDurable: (more: number): void => {
      durable += more;
      onProgress?.(durable, bytes);
    },
  };
  const work = async (): Promise<void> => {
    for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
      await sendPiece(sending, piece, source.bytesOf(piece.part, piece.start, piece.length));
    }
  };
  await Promise.all(Array.from({ length: parallel }, () => work().catch((error: unknown) => {
    failed.abort(error);
    throw error;
  })));
}

function sum(parts: readonly { part: PartView }[], figure: (part: PartView) => number): number {
  return parts.reduce((total, { part }) => total + figure(part), 0);
}

/** Asks until there is a verdict: the check goes on in the service when the connection breaks. */
async function seal(api: ExtractApi, extractId: string, signal?: AbortSignal): Promise<ExtractView> {
  for (;;) {
    try {
      return await api.seal(extractId);
    } catch (error) {
      if (!(error instanceof ServiceRefusal) || !error.mayPass) throw error;
      await api.untilAnswering(signal);
      await waitFor(ASK_AGAIN_MS, signal);
    }
  }
}
