import {
  RowBlockRisk, type DeclaredHardening, type ExtractRisk, type RiskLevels,
} from '#libs/encode';
import { encodingRowBytes, type ExtractManifest, type ExtractPart } from '#libs/record';
import { PartMeter } from './part-meter.js';
import { RecordRows, type RecordRowTables } from './record-rows.js';
import { RowFindings, type RowFaults } from './row-findings.js';
import { wholeRows } from './whole-rows.js';

/** What an extract's rows of encodings are checked against. */
export interface EncodingsOrder {
  readonly manifest: Pick<ExtractManifest, 'records' | 'segments' | 'cardinality'>;
  /** What the bytes must be. */
  readonly part: ExtractPart;
  readonly levels: RiskLevels;
  readonly declared: ReadonlyMap<string, DeclaredHardening>;
}

/** What the filters are together: shares by segment, see `RowBlockRisk`. */
export interface FilterShares {
  readonly countedRows: number;
  readonly columnShares: readonly Float64Array[];
}

/** What a thread says about the rows that it has read. */
export interface CheckedEncodings extends FilterShares {
  /** Of the bytes from the manifest. */
  readonly difference: string | undefined;
  readonly faults: RowFaults;
  readonly rows: RecordRowTables;
  readonly risk: ExtractRisk;
}

/** Reads rows of encodings as they were stored: SHA-256, repeated record ids, what the filters give away. */
export async function checkEncodings(
  { manifest, part, levels, declared }: EncodingsOrder, bytes: AsyncIterable<Buffer>,
): Promise<CheckedEncodings> {
  const rowBytes = encodingRowBytes(manifest.segments);
  const meter = new PartMeter('encodings', part);
  const [ids, findings] = [new RecordRows(manifest.records), new RowFindings()];
  const risk = new RowBlockRisk(manifest.segments, manifest.records);
  let row = 0;
  for await (const rows of wholeRows(meter.pass(bytes), rowBytes)) {
    for (let at = 0; at < rows.length; at += rowBytes) {
      const first = ids.add(rows, at);
      row++;
      if (first > 0) findings.add(row, 'record_id', `expected each record once; row ${first} has the same record id`);
    }
    risk.add(rows);
  }
  return {
    difference: meter.difference(), faults: findings.faults(), rows: ids.tables(),
    risk: risk.judge(levels, declared, manifest.cardinality),
    countedRows: risk.countedRows, columnShares: risk.columnShares(),
  };
}
