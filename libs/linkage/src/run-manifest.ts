import { keyedBlocksOf } from '#libs/block';
import type { EncodedExtract, SegmentShape } from '#libs/record';
import type { LinkageResult } from './link.js';
import type { PreviousEntities } from './previous-entities.js';
import { linkageSpecText, type LinkageSpec } from './linkage-spec.js';

/** What a run was made of. Two runs with equal members down to `previous` have the same links. */
export interface LinkageManifest {
  readonly kind: 'vinculum-linkage-manifest';
  readonly version: 1;
  /** Name and version of the program. */
  readonly engine: string;
  /** SHA-256 of the spec's canonical text, hex; so are the others. */
  readonly specHash: string;
  readonly inputs: readonly {
    readonly registerId: string; readonly cardinality: string; readonly records: number;
    /** Of the filters of each segment, in the order of the rows. */
    readonly segments: readonly (SegmentShape & { readonly sha256: string })[];
  }[];
  /** Of the round before, where there was one: its entities, probabilities and which inputs are settled. */
  readonly previous?: string;
  /** Which kernel compared, for example `wasm` or `native-avx2`. All give the same links. */
  readonly kernel: string;
  /** Rules whose block keys were used, of every two registers; absent where none were. */
  readonly keyedBlocks?: readonly { readonly registers: string; readonly rules: readonly string[] }[];
  /** Over the entity of every record, in the order of the inputs: 4 bytes each, least significant first. */
  readonly linksDigest: string;
}

/** SHA-256 as hex: from the caller, whose platform has a fast one. */
export type Sha256 = (parts: readonly Uint8Array[]) => string;

export function linkageManifest(
  extracts: readonly EncodedExtract[], spec: LinkageSpec,
  { entityOf, kernel, models }: Pick<LinkageResult, 'entityOf' | 'kernel' | 'models'>,
  { engine, sha256 }: { readonly engine: string; readonly sha256: Sha256 }, previous?: PreviousEntities,
): LinkageManifest {
  const keyedBlocks = models.map(({ registers, model }) => ({ registers, rules: keyedBlocksOf(model.plan) }))
    .filter(({ rules }) => rules.length > 0);
  return {
    kind: 'vinculum-linkage-manifest', version: 1, engine,
    specHash: sha256([new TextEncoder().encode(linkageSpecText(spec))]),
    inputs: extracts.map(({ registerId, cardinality, records, segments }) => ({
      registerId, cardinality, records,
      segments: segments.map(({ filters, ...shape }) => ({ ...shape, sha256: sha256([filters]) })),
    })),
    ...(previous ? { previous: sha256(previousBytes(previous)) } : {}),
    kernel, ...(keyedBlocks.length > 0 ? { keyedBlocks } : {}),
    linksDigest: sha256(entityOf.map(littleEndian)),
  };
}

function previousBytes({ sizes, entityOf, probability, settled }: PreviousEntities): Uint8Array[] {
  const probabilities = probability.map((values) => {
    const bytes = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, k) => bytes.setFloat64(8 * k, value, true));
    return new Uint8Array(bytes.buffer);
  });
  const columns = [sizes, ...entityOf].map(littleEndian);
  return [...columns, ...probabilities, Uint8Array.from(settled, Number)];
}

function littleEndian(numbers: Uint32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, k) => bytes.setUint32(4 * k, number, true));
  return new Uint8Array(bytes.buffer);
}
