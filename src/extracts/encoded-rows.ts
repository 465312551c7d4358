import { RECORD_ID_BYTES, encodingRowBytes, type ExtractManifest, type SegmentFilters } from '#libs/record';

/**
 * Takes rows of `encodings.bin` apart into what the kernel reads: one array a segment, and the record ids,
 * both in the order of the rows.
 */
export class EncodedRows {
  readonly recordIds: Uint8Array;
  readonly segments: readonly SegmentFilters[];
  private readonly rowBytes: number;
  /** Fields of a row: the id, then the filters. */
  private readonly fields: readonly { readonly bytes: number; readonly target: Uint8Array }[];
  private readonly inWords: boolean;
  private taken = 0;

  constructor({ records, segments }: Pick<ExtractManifest, 'records' | 'segments'>) {
    this.recordIds = new Uint8Array(records * RECORD_ID_BYTES);
    this.segments = segments.map((shape) => (
      { ...shape, filters: new Uint8Array((records * shape.bits) / 8) }));
    this.rowBytes = encodingRowBytes(segments);
    this.fields = [
      { bytes: RECORD_ID_BYTES, target: this.recordIds },
      ...this.segments.map(({ bits, filters }) => ({ bytes: bits / 8, target: filters })),
    ];
    this.inWords = segments.every(({ bits }) => bits % 32 === 0);
  }

  /** Rows so far. */
  get rows(): number {
    return this.taken;
  }

  /**
   * @param rows whole rows, those that follow the ones before.
   * @throws RangeError where there are more rows than the manifest says, or a part of one.
   */
  take(rows: Uint8Array): void {
    if (rows.length % this.rowBytes !== 0) throw new RangeError('expected whole rows');
    if (this.inWords && rows.byteOffset % 4 === 0) this.takeWords(rows);
    else this.takeBytes(rows);
    this.taken += rows.length / this.rowBytes;
  }

  /** The readable twin of `takeWords`. */
  takeBytes(rows: Uint8Array): void {
    for (let at = 0, row = this.taken; at < rows.length; row++) {
      for (const { bytes, target } of this.fields) {
        target.set(rows.subarray(at, at + bytes), row * bytes);
        at += bytes;
      }
    }
  }

  /** A view for each field and row would take longer than to copy some words one by one. */
  private takeWords(rows: Uint8Array): void {
    const source = new Uint32Array(rows.buffer, rows.byteOffset, rows.length / 4);
    const rowWords = this.rowBytes / 4;
    let first = 0;
    for (const { bytes, target } of this.fields) {
      const words = bytes / 4;
      const into = new Uint32Array(target.buffer, target.byteOffset, target.length / 4);
      let to = this.taken * words;
      if (to + (source.length / rowWords) * words > into.length) throw new RangeError('more rows than announced');
      for (let at = first; at < source.length; at += rowWords) {
        for (let word = at; word < at + words; word++) into[to++] = source[word];
      }
      first += words;
    }
  }
}
