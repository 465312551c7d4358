import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSpecForRoles, encodingSpecHash, segmentShapes } from '#libs/encode';
import {
  EXTRACT_PART_FILES, encodingRowBytes, type ExtractManifest, type JsonValue,
} from '#libs/record';

const ROWS_A_BLOCK = 4_096;
const SPEC = defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex']);

/**
 * Writes the folder of a packed extract of the default profile: random ids and filters of random bits, all
 * different, which for counting, hashing and encryption are as much work as any.
 */
export function writeRandomExtract(folder: string, records: number, registerId: string): ExtractManifest {
  mkdirSync(folder, { recursive: true });
  const segments = segmentShapes(SPEC);
  const rowBytes = encodingRowBytes(segments);
  const file = openSync(join(folder, EXTRACT_PART_FILES.encodings), 'w');
  const hash = createHash('sha256');
  const noise = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16));
  const zeros = Buffer.alloc(ROWS_A_BLOCK * rowBytes);
  for (let row = 0; row < records; row += ROWS_A_BLOCK) {
    const block = noise.update(zeros.subarray(0, Math.min(ROWS_A_BLOCK, records - row) * rowBytes));
    hash.update(block);
    writeSync(file, block);
  }
  closeSync(file);
  const manifest: ExtractManifest = {
    format: 'vinculum-extract', version: 1, registerId, cardinality: 'unique', referenceDate: '2025-12-31',
    specHash: encodingSpecHash(SPEC), keyFingerprint: randomBytes(8).toString('hex'), segments, records,
    spec: SPEC as unknown as JsonValue,
    parts: { encodings: { rows: records, bytes: records * rowBytes, sha256: hash.digest('hex') } },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}
