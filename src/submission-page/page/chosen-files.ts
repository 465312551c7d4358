import {
  EXTRACT_PART_FILES, VinculumError, extractPartFile, type ExtractManifest, type ExtractPartName,
} from '#libs/record';
import type { ExtractSource, UploadBytes } from '../../submission/extract-source.js';
import type { ChosenFile } from './dom.js';

const MAX_MANIFEST_BYTES = 1 << 20;
const MANIFEST_FILE = 'manifest.json';
const PARTS = Object.keys(EXTRACT_PART_FILES) as ExtractPartName[];

/** The files of an extract's folder, as they were chosen in a browser; read piece by piece. */
export class ChosenFiles implements ExtractSource {
  private constructor(
    readonly manifest: ExtractManifest, private readonly files: ReadonlyMap<string, ChosenFile>,
  ) {}

  /**
   * Looks at the manifest as far as sending needs it; the service checks it whole.
   *
   * @throws VinculumError `EXTRACT_NOT_FOUND`, `EXTRACT_MANIFEST_INVALID`.
   */
  static async of(files: Iterable<ChosenFile>): Promise<ChosenFiles> {
    const byName = new Map([...files].map((file) => [file.name, file]));
    const file = byName.get(MANIFEST_FILE);
    if (!file) {
      throw new VinculumError('EXTRACT_NOT_FOUND', `expected ${MANIFEST_FILE} among the files of the extract`);
    }
    const manifest = file.size > MAX_MANIFEST_BYTES ? undefined : parsed(await file.text());
    if (manifest) return new ChosenFiles(manifest, byName);
    throw new VinculumError('EXTRACT_MANIFEST_INVALID',
      `expected in ${MANIFEST_FILE} the manifest that vinculum encode or import-clks wrote`);
  }

  /** Files that the manifest names and that were not chosen. */
  get missing(): string[] {
    return PARTS.filter((part) => this.manifest.parts[part] !== undefined)
      .map((part) => this.fileOf(part)).filter((file) => !this.files.has(file));
  }

  fileOf(part: ExtractPartName): string {
    return extractPartFile(this.manifest, part);
  }

  sizeOf(part: ExtractPartName): Promise<number | undefined> {
    return Promise.resolve(this.files.get(this.fileOf(part))?.size);
  }

  bytesOf(part: ExtractPartName, start: number, length: number): UploadBytes {
    return { file: this.files.get(this.fileOf(part))!.slice(start, start + length) };
  }
}

function parsed(text: string): ExtractManifest | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<ExtractManifest> | null;
    const parts: Partial<ExtractManifest['parts']> | undefined = manifest?.parts;
    if (manifest?.format !== 'vinculum-extract' || typeof parts?.encodings?.bytes !== 'number') return undefined;
    return PARTS.every((part) => parts[part] === undefined || typeof parts[part]?.bytes === 'number')
      ? manifest as ExtractManifest : undefined;
  } catch {
    return undefined;
  }
}
