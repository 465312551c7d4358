import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  EXTRACT_PART_FILES, RECORD_ID_BYTES, VinculumError, encodingRowBytes,
  type EncodedExtract, type ExtractManifest, type ExtractPartName,
} from '#libs/record';
import { parseExtractManifest } from './parse-manifest.js';

const MAX_MANIFEST_BYTES = 1 << 20;

/** @throws VinculumError EXTRACT_NOT_FOUND, EXTRACT_MANIFEST_INVALID, EXTRACT_NOT_PACKED. */
export async function readManifest(folder: string): Promise<ExtractManifest> {
  const manifest = await readDeliveredManifest(folder);
  if (manifest.clks === undefined) return manifest;
  throw new VinculumError('EXTRACT_NOT_PACKED',
    'the filters are in a file of another program, which only the service reads; vinculum import-clks makes an '
    + 'extract of it');
}

/**
 * Also of a folder whose filters are as another program wrote them.
 *
 * @throws VinculumError EXTRACT_NOT_FOUND, EXTRACT_MANIFEST_INVALID.
 */
export async function readDeliveredManifest(folder: string): Promise<ExtractManifest> {
  const path = join(folder, 'manifest.json');
  const text = await readFile(path).catch(() => {
    throw new VinculumError('EXTRACT_NOT_FOUND', `expected the folder of an extract at ${folder}: no manifest.json there`);
  });
  try {
    if (text.length > MAX_MANIFEST_BYTES) throw new SyntaxError('too long');
    return parseExtractManifest(JSON.parse(text.toString('utf8')));
  } catch (error) {
    if (error instanceof VinculumError) throw error;
    throw new VinculumError('EXTRACT_MANIFEST_INVALID', 'the manifest is refused: expected JSON of at most 1 MiB');
  }
}

/**
 * Reads the filters of an extract into memory, and checks size and SHA-256 of their file on the way.
 * `recordIds` has 16 bytes for each row, in the order of the rows.
 *
 * @throws VinculumError EXTRACT_NOT_FOUND, EXTRACT_MANIFEST_INVALID, EXTRACT_PART_DIFFERS.
 */
export async function readEncodedExtract(
  folder: string,
): Promise<{ manifest: ExtractManifest; extract: EncodedExtract; recordIds: Uint8Array }> {
  const manifest = await readManifest(folder);
  const { registerId, cardinality, records } = manifest;
  await assertSize(folder, manifest, 'encodings');
  const recordIds = new Uint8Array(records * RECORD_ID_BYTES);
  const segments = manifest.segments.map((shape) => (
    { ...shape, filters: new Uint8Array((records * shape.bits) / 8) }));
  await forEachRow(folder, manifest, (bytes, row) => {
    recordIds.set(bytes.subarray(0, RECORD_ID_BYTES), row * RECORD_ID_BYTES);
    let at = RECORD_ID_BYTES;
    for (const { bits, filters } of segments) {
      filters.set(bytes.subarray(at, at + bits / 8), (row * bits) / 8);
      at += bits / 8;
    }
  });
  return { manifest, extract: { registerId, cardinality, records, segments }, recordIds };
}

/**
 * Calls `visit` with the bytes of each row of `encodings.bin` (valid during the call) and its number from
 * 0.
 */
export async function forEachRow(
  folder: string, manifest: ExtractManifest, visit: (bytes: Uint8Array, row: number) => void,
): Promise<void> {
  const rowBytes = encodingRowBytes(manifest.segments);
  const pending = new Uint8Array(rowBytes);
  let held = 0;
  let row = 0;
  await readPart(folder, manifest, 'encodings', (chunk) => {
    let at = 0;
    if (held > 0) {
      at = Math.min(rowBytes - held, chunk.length);
      pending.set(chunk.subarray(0, at), held);
      held += at;
      if (held < rowBytes) return;
      visit(pending, row++);
      held = 0;
    }
    for (; at + rowBytes <= chunk.length; at += rowBytes) visit(chunk.subarray(at, at + rowBytes), row++);
    pending.set(chunk.subarray(at));
    held = chunk.length - at;
  });
}

/**
 * Streams the bytes of a part to `visit` and compares size and SHA-256 with the manifest. A file that is
 * longer than the manifest says is refused before the surplus is visited.
 *
 * @throws VinculumError EXTRACT_PART_DIFFERS.
 */
export async function readPart(
  folder: string, manifest: ExtractManifest, name: ExtractPartName, visit: (chunk: Uint8Array) => void,
): Promise<void> {
  const part = manifest.parts[name];
  const file = EXTRACT_PART_FILES[name];
  if (part === undefined) return;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(join(folder, file), { highWaterMark: 1 << 20 })) {
      bytes += (chunk as Buffer).length;
      if (bytes > part.bytes) throw differs(`${file}: expected ${part.bytes} bytes, got more`);
      hash.update(chunk as Buffer);
      visit(chunk as Buffer);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw differs(`${file}: expected the file, found none`);
    throw error;
  }
  if (bytes !== part.bytes) throw differs(`${file}: expected ${part.bytes} bytes, got ${bytes}`);
  if (hash.digest('hex') !== part.sha256) {
    throw differs(`${file}: its SHA-256 is not the one in the manifest; the file was changed or damaged`);
  }
}

/** Before memory is taken for what a manifest claims. */
async function assertSize(folder: string, manifest: ExtractManifest, name: ExtractPartName): Promise<void> {
  const file = EXTRACT_PART_FILES[name];
  const found = await stat(join(folder, file)).catch(() => undefined);
  const bytes = manifest.parts[name]?.bytes;
  if (!found) throw differs(`${file}: expected the file, found none`);
  if (found.size !== bytes) throw differs(`${file}: expected ${bytes} bytes, got ${found.size}`);
}

function differs(reason: string): VinculumError {
  return new VinculumError('EXTRACT_PART_DIFFERS', reason);
}
