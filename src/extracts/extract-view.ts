import type { ExtractPartName } from '#libs/record';
import type { ExtractRow } from './extracts.repository.js';
import type { UploadRow } from './uploads.repository.js';

/** A piece of a part on its way. */
export interface UploadView {
  readonly uploadId: string;
  /** Byte of the part where it begins. */
  readonly start: number;
  readonly length: number;
  /** Bytes that are durable: go on from here. */
  readonly offset: number;
}

/** How far a part is. */
export interface PartView {
  readonly bytes: number;
  readonly received: number;
  readonly uploads: readonly UploadView[];
}

/** What the custodian hears: how far its delivery is, and accepted or refused. Nothing about links, ever. */
export interface ExtractView {
  readonly extractId: string;
  readonly project: string;
  readonly registerId: string;
  readonly state: string;
  readonly records: number;
  /** The parts that the manifest names. */
  readonly parts: Readonly<Partial<Record<ExtractPartName, PartView>>>;
  /** Why it was refused: code, detail, rows with field and reason; never a value of a record. */
  readonly report?: object;
}

export function extractView(extract: ExtractRow, uploads: readonly UploadRow[]): ExtractView {
  const { id: extractId, project, registerId, state, manifest, report } = extract;
  const names = Object.keys(manifest.parts) as ExtractPartName[];
  const parts = Object.fromEntries(names.map((name) => [name, partView(extract, name, uploads)]));
  return {
    extractId, project, registerId, state, records: manifest.records, parts, ...(report ? { report } : {}),
  };
}

function partView(
  { manifest, state }: ExtractRow, name: ExtractPartName, all: readonly UploadRow[],
): PartView {
  const bytes = manifest.parts[name]?.bytes ?? 0;
  const uploads = all.filter(({ part }) => part === name);
  const received = uploads.reduce((sum, upload) => sum + upload.received, 0);
  const isKept = state === 'accepted' || state === 'superseded';
  return {
    bytes, received: isKept ? bytes : received,
    uploads: uploads.map(({ id: uploadId, start, length, received: offset }) => (
      { uploadId, start, length, offset })),
  };
}
