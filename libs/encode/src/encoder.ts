import { BlockedEncoder } from './blocked-encoder.js';
import type { EncodingSpec } from './encoding-spec.js';
import { FieldBatch } from './field-batch.js';
import { BATCH_RECORDS, FilterKernel } from './filter-kernel.js';
import { FourLaneHashing } from './four-lane-hashing.js';
import type { RandomBytes } from './hardening-chain.js';
import { assertSecret } from './keys.js';
import type { Role } from './roles.js';
import { JoinList } from './join-list.js';
import { assertRoom, assertValues, randomBytesFor, type Encoder, type EncoderResources } from './record-encoder.js';
import { SegmentHardening } from './segment-hardening.js';
import { copyStrided } from './strided-copy.js';
import { planSegment, rolesOfSpec } from './segment-plan.js';
import { groupSources, layoutOf, type SourceGroup } from './source-group.js';
import { textOf } from './utf8.js';

/**
 * The fast encoder: values and tokens are memoised as filters, and linear hardening is done for 128 records
 * at a time. `createReferenceEncoder` is its readable twin and gives the same bytes.
 *
 * @throws VinculumError SECRET_TOO_SHORT; RANDOMNESS_MISSING when the spec has BLIP and no source is given.
 */
export function createEncoder(
  spec: EncodingSpec, secret: Uint8Array, resources: EncoderResources = {},
): Encoder {
  assertSecret(secret);
  const filters = new BatchEncoder(spec, secret, randomBytesFor(spec, resources));
  return spec.blocks === undefined ? filters : new BlockedEncoder(filters, spec, secret);
}

/**
 * Joins the tokens of so many rows from row `first` on into the filters of their records, in time for
 * `settle`.
 */
type AddRows = (first: number, count: number) => void;

/** Encodes up to 128 records at a time: all filters of all of them, then the hardening of each segment. */
class BatchEncoder implements Encoder {
  readonly roles: readonly Role[];
  readonly recordBytes: number;
  private readonly kernel = new FilterKernel();
  private readonly joins = new JoinList(this.kernel);
  private readonly batch: FieldBatch;
  private readonly groups: readonly SourceGroup[];
  private readonly segments: readonly SegmentHardening[];
  /** Address of the filters of a batch before hardening, and bytes of those of a record. */
  private readonly filters: number;
  private readonly filterBytes: number;
  /** Address of the records of a batch, and the bytes from one to the next for which there is room. */
  private records = 0;
  private recordRoom = 0;

  constructor(spec: EncodingSpec, secret: Uint8Array, randomBytes: RandomBytes) {
    const { kernel } = this;
    const hashing = new FourLaneHashing(kernel);
    this.roles = rolesOfSpec(spec);
    this.batch = new FieldBatch(kernel, this.roles.length);
    const plans = spec.segments.map((segment) => planSegment(segment, this.roles, secret, hashing));
    const layout = layoutOf(plans);
    this.filterBytes = layout.bytes;
    this.filters = kernel.allocate(BATCH_RECORDS * layout.bytes);
    this.groups = groupSources(plans, layout, this.joins);
    this.segments = plans.map((plan, i) => {
      const filters = this.filters + layout.offsets[i];
      return new SegmentHardening(kernel, plan, secret, randomBytes, hashing, filters, layout.bytes);
    });
    this.recordBytes = this.segments.reduce((bytes, segment) => bytes + segment.bytes, 0);
  }

  encode(values: readonly string[], out: Uint8Array, offset: number): void {
    this.encodeRows([values], out, offset);
  }

  encodeRows(
    rows: readonly (readonly string[])[], out: Uint8Array, offset: number, rowBytes = this.recordBytes,
  ): void {
    const { groups, roles } = this;
    for (const values of rows) assertValues(values, roles);
    this.encodeAll(rows.length, out, offset, rowBytes, (first, count) => {
      for (let place = 0; place < count; place++) {
        const record = this.recordAt(place);
        for (let i = 0; i < groups.length; i++) groups[i].add(rows[first + place], record);
      }
    });
  }

  encodeFields(
    text: Uint8Array, fields: Uint32Array, rows: number, out: Uint8Array, offset: number,
    rowBytes = this.recordBytes,
  ): void {
    const { groups, batch, filters, filterBytes, roles: { length } } = this;
    if (fields.length !== 2 * rows * length) {
      throw new RangeError(`expected ${2 * rows * length} ends of fields, got ${fields.length}`);
    }
    const ofTexts = groups.filter((group) => group.needsTexts);
    const ofFields = groups.filter((group) => !group.needsTexts);
    this.encodeAll(rows, out, offset, rowBytes, (first, count) => {
      const isPlaced = batch.place(text, fields, first, count);
      if (isPlaced) for (const group of ofFields) group.addFields(batch, filters, filterBytes);
      const end = isPlaced && ofTexts.length === 0 ? 0 : count;
      for (let place = 0; place < end; place++) {
        const at = 2 * (first + place) * length;
        const record = this.recordAt(place);
        if (!isPlaced) for (const group of ofFields) group.addField(text, fields, at, record);
        const values = ofTexts.length > 0 ? textsOf(text, fields, at, length) : [];
        for (const group of ofTexts) group.add(values, record);
      }
    });
  }

  /** Address of the filters of a record of the batch before hardening. */
  private recordAt(place: number): number {
    return this.filters + place * this.filterBytes;
  }

  private encodeAll(rows: number, out: Uint8Array, offset: number, rowBytes: number, addRows: AddRows): void {
    const { recordBytes } = this;
    if (rows === 0) return;
    if (rowBytes < recordBytes) {
      throw new RangeError(`expected at least ${recordBytes} bytes a row, got ${rowBytes}`);
    }
    assertRoom(out, offset, (rows - 1) * rowBytes + recordBytes);
    if (rowBytes > this.recordRoom) {
      this.records = this.kernel.allocate(BATCH_RECORDS * rowBytes);
      this.recordRoom = rowBytes;
    }
    for (let first = 0; first < rows; first += BATCH_RECORDS) {
      const count = Math.min(BATCH_RECORDS, rows - first);
      this.encodeBatch(first, count, rowBytes, addRows);
      this.deliver(count, out, offset + first * rowBytes, rowBytes);
    }
  }

  private encodeBatch(first: number, count: number, rowBytes: number, addRows: AddRows): void {
    const { kernel, joins, groups, filters, filterBytes } = this;
    kernel.bytes.fill(0, filters, filters + count * filterBytes);
    addRows(first, count);
    for (const group of groups) group.settle();
    joins.flush();
    let at = this.records;
    for (const segment of this.segments) {
      segment.harden(count, at, rowBytes);
      at += segment.bytes;
    }
  }

  /** Hands over all records at once, with what was between them in `out`. */
  private deliver(count: number, out: Uint8Array, offset: number, rowBytes: number): void {
    const { kernel: { bytes }, records, recordBytes } = this;
    const last = (count - 1) * rowBytes + recordBytes;
    copyStrided(
      { bytes: out, offset: offset + recordBytes, step: rowBytes },
      { bytes, offset: records + recordBytes, step: rowBytes }, rowBytes - recordBytes, count - 1);
    out.set(bytes.subarray(records, records + last), offset);
    if (!this.segments.some((segment) => segment.hasNonlinear)) return;
    for (let row = 0; row < count; row++) this.addNonlinear(row, out, offset + row * rowBytes);
  }

  /**
   * Steps that are not linear are for each record by itself; BLIP takes its randomness in the order of
   * records.
   */
  private addNonlinear(row: number, out: Uint8Array, offset: number): void {
    let at = offset;
    for (const segment of this.segments) {
      if (segment.hasNonlinear) segment.finish(row, out, at);
      at += segment.bytes;
    }
  }
}

function textsOf(text: Uint8Array, fields: Uint32Array, first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    textOf(text, fields[first + 2 * i], fields[first + 2 * i + 1]));
}
