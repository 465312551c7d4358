import { BlockKeyWriter } from './block-key-writer.js';
import type { EncodingSpec } from './encoding-spec.js';
import { assertRoom, assertValues, type Encoder } from './record-encoder.js';
import { TextPool } from './text-pool.js';

/** An encoder of filters with the spec's block keys behind them. */
export class BlockedEncoder implements Encoder {
  readonly roles: Encoder['roles'];
  readonly recordBytes: number;
  private readonly keys: BlockKeyWriter;
  private readonly pool = new TextPool();

  constructor(private readonly filters: Encoder, spec: EncodingSpec, secret: Uint8Array) {
    this.roles = filters.roles;
    this.keys = new BlockKeyWriter(spec, secret, this.roles);
    this.recordBytes = filters.recordBytes + this.keys.bytes;
  }

  encode(values: readonly string[], out: Uint8Array, offset: number): void {
    this.encodeRows([values], out, offset);
  }

  encodeRows(
    rows: readonly (readonly string[])[], out: Uint8Array, offset: number, rowBytes = this.recordBytes,
  ): void {
    for (const values of rows) assertValues(values, this.roles);
    this.assertPlace(rows.length, out, offset, rowBytes);
    this.filters.encodeRows(rows, out, offset, rowBytes);
    this.keys.write(rows.length, (row) => rows[row], out, offset + this.filters.recordBytes, rowBytes);
  }

  encodeFields(
    text: Uint8Array, fields: Uint32Array, rows: number, out: Uint8Array, offset: number,
    rowBytes = this.recordBytes,
  ): void {
    const { filters, keys, pool, roles } = this;
    this.assertPlace(rows, out, offset, rowBytes);
    filters.encodeFields(text, fields, rows, out, offset, rowBytes);
    keys.write(rows, (row) => {
      const values: string[] = [];
      for (const column of keys.columns) {
        const at = 2 * (row * roles.length + column);
        values[column] = pool.textOf(text, fields[at], fields[at + 1]);
      }
      return values;
    }, out, offset + filters.recordBytes, rowBytes);
  }

  private assertPlace(rows: number, out: Uint8Array, offset: number, rowBytes: number): void {
    if (rows === 0) return;
    const { recordBytes } = this;
    if (rowBytes < recordBytes) {
      throw new RangeError(`expected at least ${recordBytes} bytes a row, got ${rowBytes}`);
    }
    assertRoom(out, offset, (rows - 1) * rowBytes + recordBytes);
  }
}
