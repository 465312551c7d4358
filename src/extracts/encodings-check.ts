import {
  RowBlockRisk, type DeclaredHardening, type ExtractRisk, type RiskLevels,
} from '#libs/encode';
import { encodingRowBytes, filterSegments, type ExtractManifest } from '#libs/record';
import { RecordRows, type RecordRowTables } from './record-rows.js';
import { RowFindings, type RowFaults } from './row-findings.js';
import { wholeRows } from './whole-rows.js';

/** What an extract's rows of encodings are checked against. */
export interface RowsOrder {
  readonly manifest: Pick<ExtractManifest, 'records' | 'segments' | 'cardinality'>;
  readonly levels: RiskLevels;
  readonly declared: ReadonlyMap<string, DeclaredHardening>;
}

/** What the filters are together: shares by segment, see `RowBlockRisk`. */
export interface FilterShares {
  readonly countedRows: number;
  readonly columnShares: readonly Float64Array[];
}

/** What a thread says about the rows that it has read. */
export interface CheckedRows extends FilterShares {
  readonly faults: RowFaults;
  readonly rows: RecordRowTables;
  readonly risk: ExtractRisk;
}

/** Reads rows of encodings as they were stored: repeated record ids, what the filters give away. */
export async function checkRows(
  { manifest, levels, declared }: RowsOrder, bytes: AsyncIterable<Buffer>,
): Promise<CheckedRows> {
  const rowBytes = encodingRowBytes(manifest.segments);
  const [ids, findings] = [new RecordRows(manifest.records), new RowFindings()];
  const risk = new RowBlockRisk(manifest.segments, manifest.records);
  let row = 0;
  for await (const rows of wholeRows(bytes, rowBytes)) {
    for (let at = 0; at < rows.length; at += rowBytes) {
      const first = ids.add(rows, at);
      row++;
      if (first > 0) findings.add(row, 'record_id', `expected each record once; row ${first} has the same record id`);
    }
    risk.add(rows);
  }
  return {
    faults: findings.faults(), rows: ids.tables(),
    risk: risk.judge(levels, declared, manifest.cardinality),
    countedRows: risk.countedRows,
    // Of block keys single bits say nothing.
    columnShares: risk.columnShares().slice(0, filterSegments(manifest.segments).length),
  };
}
