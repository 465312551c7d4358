import type { SegmentShape } from './encoded-extract.js';
import type { JsonValue } from './canonical-json.js';
import type { Cardinality } from './register.js';

/** One file of an extract, with what is needed to prove that it arrived whole. */
export interface ExtractPart {
  /** Number of rows (records in `encodings` and `content`, events in `events`). */
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file's bytes, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** SHA-256 of a segment's filters of the agreed canary records, 64 lower-case hex digits. */
export interface CanaryHash {
  readonly segment: string;
  readonly sha256: string;
}

/**
 * Where the values of a content variable come from: the persons themselves, somebody else who knew them, or
 * a guess from other values (an ethnicity from a name).
 */
export const VARIABLE_SOURCES = ['self', 'third-party', 'inferred'] as const;
export type VariableSource = (typeof VARIABLE_SOURCES)[number];

/** A variable of `content.csv` that the register delivers. */
export interface DeclaredVariable {
  /** As in `CONTENT_HEADER`. */
  readonly name: string;
  readonly source: VariableSource;
}

/** A file of filters as clkhash or another program wrote it, in the place of `encodings.bin`. */
export interface DeliveredClks {
  /** `{"clks":[base64,...]}`, or filters of whole bytes back to back. */
  readonly layout: 'json' | 'binary';
  /** Length of a filter, any positive number; the last byte is filled with zeros. */
  readonly bits: number;
  /** First bit of a byte: `msb` as clkhash has it, `lsb` as Java's `BitSet`. */
  readonly bitOrder: 'msb' | 'lsb';
}

/**
 * `manifest.json` of an extract: one immutable delivery of a register at a reference date.
 *
 * The parts lie beside it: `encodings.bin` (rows of `RECORD_ID_BYTES` + the segments' filters and block
 * keys, in the order of `segments`), `content.csv` (`CONTENT_HEADER`) and `events.csv` (`EVENTS_HEADER`).
 */
export interface ExtractManifest {
  readonly format: 'vinculum-extract';
  readonly version: 1;
  readonly registerId: string;
  readonly cardinality: Cardinality;
  /** ISO 8601 date to which the register was frozen. */
  readonly referenceDate: string;
  /** SHA-256 of the canonical JSON (RFC 8785) of the encoding spec, 64 lower-case hex digits. */
  readonly specHash: string;
  /** First 8 bytes of SHA-256(secret || "fp"), 16 lower-case hex digits: proves equal keys, reveals none. */
  readonly keyFingerprint: string;
  readonly segments: readonly SegmentShape[];
  /**
   * The encoding spec (native, or a clkhash schema) that `specHash` is of: what the filters are judged by.
   * Without it, they are judged as hardened.
   */
  readonly spec?: JsonValue;
  /** Of each segment whose filters are the same each time. */
  readonly canaries?: readonly CanaryHash[];
  /** Variables of the content; without it all, as somebody else knew them. */
  readonly variables?: readonly DeclaredVariable[];
  /**
   * The part `encodings` is a file of filters of one segment, `clk`, without record ids: row by row of what
   * the content has the ids of. Without it, the part is rows of ids and filters.
   */
  readonly clks?: DeliveredClks;
  readonly records: number;
  readonly parts: {
    readonly encodings: ExtractPart;
    readonly content?: ExtractPart;
    readonly events?: ExtractPart;
  };
}

export type ExtractPartName = keyof ExtractManifest['parts'];

/** File name of each part inside an extract's folder. */
export const EXTRACT_PART_FILES: Readonly<Record<ExtractPartName, string>> = {
  encodings: 'encodings.bin',
  content: 'content.csv',
  events: 'events.csv',
};

const CLKS_FILES = { json: 'clks.json', binary: 'clks.bin' } as const;

/** File name of a part of this extract. */
export function extractPartFile({ clks }: Pick<ExtractManifest, 'clks'>, part: ExtractPartName): string {
  return part === 'encodings' && clks !== undefined ? CLKS_FILES[clks.layout] : EXTRACT_PART_FILES[part];
}

/** Opaque record id: 16 bytes that only the custodian can relate to its own identifier. Hex elsewhere. */
export const RECORD_ID_BYTES = 16;

/** Bytes of one row of `encodings.bin`. */
export function encodingRowBytes(segments: readonly SegmentShape[]): number {
  return segments.reduce((bytes, segment) => bytes + segment.bits / 8, RECORD_ID_BYTES);
}
