import type { SegmentFilters } from '#libs/record';

/** Bytes of an opaque record id. */
const ID_BYTES = 16;

/** Rows of an extract, segment by segment, with the record ids. */
export interface Rows {
  readonly recordIds: Uint8Array;
  readonly segments: readonly SegmentFilters[];
}

/** The rows that take part in a linkage. */
export interface ConsentingRows extends Rows {
  readonly records: number;
  /** Row here -> row of the extract; undefined where all take part. */
  readonly rowOf: Uint32Array | undefined;
}

/**
 * Leaves out the rows of people who object, before anything else sees them. The others keep their order.
 *
 * @param objects whether this row, with this id, is one of theirs; undefined where nobody objects.
 */
export function consentingRows(
  { recordIds, segments }: Rows, objects: ((recordId: Uint8Array, row: number) => boolean) | undefined,
): ConsentingRows {
  const records = recordIds.length / ID_BYTES;
  if (!objects) return { recordIds, segments, records, rowOf: undefined };
  const rowOf = new Uint32Array(records);
  let kept = 0;
  for (let row = 0; row < records; row++) {
    if (!objects(recordIds.subarray(row * ID_BYTES, (row + 1) * ID_BYTES), row)) rowOf[kept++] = row;
  }
  if (kept === records) return { recordIds, segments, records, rowOf: undefined };
  const rows = rowOf.slice(0, kept);
  return {
    recordIds: taken(recordIds, ID_BYTES, rows), records: kept, rowOf: rows,
    segments: segments.map((segment) => (
      { ...segment, filters: taken(segment.filters, segment.bits / 8, rows) })),
  };
}

function taken(bytes: Uint8Array, width: number, rows: Uint32Array): Uint8Array {
  const into = new Uint8Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    into.set(bytes.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  }
  return into;
}
