import type { EncodingSpec } from '#libs/encode';
import type { LinkageSpec } from '#libs/linkage';
import type { RecordCategory } from '#libs/quality';
import { RECORD_ID_BYTES, VinculumError, type Cardinality, type EncodedExtract } from '#libs/record';
import { readEncodedExtract } from '../extract-folder/index.js';
import type { ColumnMapping } from './column-mapping.js';
import { categoryOf, contentCategories } from './quality-groups.js';
import { readTrialFile, readTruthFile, type TrialFile } from './trial-extract.js';

/** What `vinculum link` is asked for, apart from its inputs. */
export interface LinkWishes {
  readonly spec: LinkageSpec;
  readonly out?: string;
  readonly report?: string;
  /** Categories that quality is told by: of the content of extracts, or columns of CSV files. */
  readonly by?: readonly string[];
  /** Pairs to explain, each `register/record id,register/record id`. */
  readonly explain?: readonly string[];
  /** CSV of controls. */
  readonly controls?: string;
  /** Bytes that linking may take beyond the extracts. */
  readonly mostMemoryBytes?: number;
  /** `links.csv` of the round before, and the registers whose extracts are newer than there. */
  readonly previous?: { readonly links: string; readonly renewed: readonly string[] };
}

export type LinkInput = LinkWishes & (
  | { readonly kind: 'extracts'; readonly folders: readonly string[] }
  | {
    readonly kind: 'csv';
    readonly files: readonly {
      readonly path: string; readonly registerId: string; readonly cardinality: Cardinality;
    }[];
    readonly columns: ColumnMapping;
    readonly encodingSpec: EncodingSpec;
    readonly id?: string;
    readonly truth?: string;
    readonly truthPattern?: RegExp;
    /** CSV of register, record id, person. */
    readonly truthFile?: string;
  });

/** The inputs in memory. */
export interface LoadedInput {
  readonly extracts: readonly EncodedExtract[];
  readonly recordIds: readonly (readonly string[])[];
  readonly truth: readonly (string | null)[];
  readonly categories: readonly RecordCategory[];
}

/** Reads the inputs of a command line. */
export function loadInputs(input: LinkInput): Promise<LoadedInput> {
  return input.kind === 'csv' ? loadTrial(input) : loadExtracts(input.folders, input.by ?? []);
}

async function loadTrial(input: LinkInput & { kind: 'csv' }): Promise<LoadedInput> {
  const { id, truth, truthPattern, columns, encodingSpec, by = [] } = input;
  const labels = input.truthFile === undefined ? undefined : await readTruthFile(input.truthFile);
  const files: TrialFile[] = [];
  for (const { path, registerId, cardinality } of input.files) {
    files.push(await readTrialFile(path, {
      columns, spec: encodingSpec, register: { registerId, cardinality },
      ...(id === undefined ? {} : { id }), ...(truth === undefined ? {} : { truth }),
      ...(truthPattern === undefined ? {} : { truthPattern }), ...(labels ? { labels } : {}), by,
    }));
  }
  // One file may lack a column; a column that all of them lack is a slip in the mapping.
  const absent = [...columns.values()].flat().concat(by).filter((column) =>
    !files.some(({ header }) => header.includes(column)));
  if (absent.length > 0) {
    throw new VinculumError('COLUMNS_INVALID',
      `no file has the column ${absent.map((column) => `"${column}"`).join(', ')}`);
  }
  return {
    extracts: files.map(({ extract }) => extract),
    recordIds: files.map(({ recordIds }) => recordIds),
    truth: files.flatMap((file) => file.truth),
    categories: by.map((name, c) => categoryOf(name, files.map(({ groups }) => groups[c]))),
  };
}

async function loadExtracts(
  folders: readonly string[], by: readonly string[],
): Promise<LoadedInput> {
  const read = [];
  for (const folder of folders) read.push(await readEncodedExtract(folder));
  const [{ manifest: first }] = read;
  for (const { manifest } of read) {
    if (manifest.specHash !== first.specHash || manifest.keyFingerprint !== first.keyFingerprint) {
      throw new VinculumError('LINKAGE_INPUT_INVALID',
        `the extracts of ${first.registerId} and ${manifest.registerId} were encoded with another spec or key: `
        + 'encode both with the same');
    }
  }
  const recordIds = read.map(({ recordIds, extract }) => Array.from({ length: extract.records }, (_, row) =>
    Buffer.from(recordIds.subarray(row * RECORD_ID_BYTES, (row + 1) * RECORD_ID_BYTES)).toString('hex')));
  const content = by.length === 0 ? [] : await contentCategories(read.map(({ manifest }, x) => (
    { folder: folders[x], referenceDate: manifest.referenceDate, recordIds: recordIds[x] })), by);
  return { extracts: read.map(({ extract }) => extract), recordIds, truth: [], categories: content };
}
