import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { VinculumError, extractPartFile, type ExtractManifest, type ExtractPartName } from '#libs/record';
import { readDeliveredManifest } from '../extract-folder/index.js';
import type { ExtractView, PartView } from '../extracts/extract-view.js';
import type { ExtractApi } from './extract-api.js';
import { piecesOf } from './pieces.js';
import { ServiceRefusal } from './problem.js';
import { sendPiece } from './send-piece.js';

export interface Submission {
  readonly api: ExtractApi;
  readonly project: string;
  /** Folder of the extract. */
  readonly folder: string;
  /** Pieces that are sent at the same time. */
  readonly parallel: number;
  readonly signal?: AbortSignal;
  /** Durable bytes and bytes in all; the first call says what was there already. */
  readonly onProgress?: (durable: number, bytes: number) => void;
}

/** The largest first: that is the order in which an extract is checked, too. */
const PARTS: readonly ExtractPartName[] = ['encodings', 'content', 'events'];
const ASK_AGAIN_MS = 1_000;

/**
 * Submits an extract's folder. Where an earlier attempt was interrupted, by whatever it was, it goes on from
 * what the service has: nothing is remembered here.
 *
 * @returns the extract as it was accepted.
 * @throws VinculumError where the folder holds no extract; ServiceRefusal where the service refuses it, or
 *   does not answer for longer than `sendPiece` waits; the signal's reason.
 */
export async function submitExtract(submission: Submission): Promise<ExtractView> {
  const { api, project, folder, signal } = submission;
  const manifest = await readDeliveredManifest(folder);
  await assertSizes(folder, manifest);
  const { extractId } = await api.open(project, manifest);
  const extract = await api.read(extractId);
  if (extract.state === 'accepted') return extract;
  await sendParts(submission, manifest, extract);
  signal?.throwIfAborted();
  return seal(api, extractId, signal);
}

/** The hashes are the service's to check; a file that is cut off is not worth sending. */
async function assertSizes(folder: string, manifest: ExtractManifest): Promise<void> {
  for (const name of PARTS) {
    const expected = manifest.parts[name]?.bytes;
    if (expected === undefined) continue;
    const file = extractPartFile(manifest, name);
    const size = await stat(join(folder, file)).then((found) => found.size, () => undefined);
    if (size === expected) continue;
    throw new VinculumError('EXTRACT_PART_DIFFERS',
      `${file}: expected ${expected} bytes, got ${size ?? 'no file'}; look at it with vinculum inspect`);
  }
}

async function sendParts(
  { api, folder, parallel, signal, onProgress }: Submission, manifest: ExtractManifest, extract: ExtractView,
): Promise<void> {
  const parts = PARTS.flatMap((name) => {
    const part = extract.parts[name];
    return manifest.parts[name] && part ? [{ name, part }] : [];
  });
  let durable = sum(parts, ({ received }) => received);
  const bytes = sum(parts, (part) => part.bytes);
  onProgress?.(durable, bytes);
  const waiting = parts.flatMap(({ name, part }) => piecesOf(name, part));
  const work = async (): Promise<void> => {
    for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
      const file = join(folder, extractPartFile(manifest, piece.part));
      await sendPiece(api, extract.extractId, file, piece, signal, (more) => {
        durable += more;
        onProgress?.(durable, bytes);
      });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
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
      await setTimeout(ASK_AGAIN_MS, undefined, { signal });
    }
  }
}
