import type { ExtractPartName } from '#libs/record';
import type { ExtractRow } from './extracts.repository.js';
import type { ReportView } from './report-view.js';
import type { UploadRow } from './uploads.repository.js';

/** A piece of a part on its way. */
export class UploadView {
  readonly uploadId!: string;
  /** Byte of the part where it begins. */
  readonly start!: number;
  readonly length!: number;
  /** Bytes that are durable: go on from here. */
  readonly offset!: number;
}

/** How far a part is. */
export class PartView {
  readonly bytes!: number;
  readonly received!: number;
  readonly uploads!: UploadView[];
}

/** The parts that the manifest names. */
export class PartViews implements Partial<Record<ExtractPartName, PartView>> {
  readonly encodings?: PartView;
  readonly content?: PartView;
  readonly events?: PartView;
}

export class OpenedExtractView {
  readonly extractId!: string;
}

/** What the custodian hears: how far its delivery is, and accepted or refused. Nothing about links, ever. */
export class ExtractView {
  readonly extractId!: string;
  readonly project!: string;
  readonly registerId!: string;
  /** `receiving`, `accepted`, `refused`, `superseded`, `expired` or `destroyed`. */
  readonly state!: string;
  readonly records!: number;
  readonly parts!: PartViews;
  /** Which accepted delivery of the register it is, from 1; absent before it was accepted. */
  readonly version?: number;
  /** When it is destroyed unless a legal hold stops the clock; absent before it was accepted. */
  readonly destroyAfter?: string;
  /** There when it was accepted or refused. */
  readonly report?: ReportView;
}

export function extractView(extract: ExtractRow, uploads: readonly UploadRow[]): ExtractView {
  const { id: extractId, project, registerId, state, manifest, report, version, destroyAfter } = extract;
  const names = Object.keys(manifest.parts) as ExtractPartName[];
  const parts = Object.fromEntries(names.map((name) => [name, partView(extract, name, uploads)]));
  return {
    extractId, project, registerId, state, records: manifest.records, parts, ...(report ? { report } : {}),
    ...(version && destroyAfter ? { version, destroyAfter: destroyAfter.toISOString() } : {}),
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
