import { createHash } from 'node:crypto';
import type { EncodedSet, GoldenFilters } from './encoded-sets.js';
import type { PageReport } from './page-report.js';

export interface Comparison {
  /** Filters that are equal byte for byte. */
  readonly passed: number;
  /** What is wrong, a filter or a claim each. */
  readonly faults: readonly string[];
}

type ReportedSet = PageReport['sets'][number];

/** Compares what the page made with what Node made, filter by filter, and the golden ones with their file. */
export function compareReport(
  report: PageReport, expected: readonly EncodedSet[], golden: GoldenFilters,
): Comparison {
  const faults: string[] = [];
  if (!report.evalRefused) faults.push("the page's policy was not in force: it made code of a string");
  if (report.sets.length !== expected.length) {
    faults.push(`expected ${expected.length} sets of filters, got ${report.sets.length}`);
  }
  let passed = 0;
  for (const set of expected) {
    const wanted = [...rowsOf(set), ...goldenRowsOf(set.name, golden)];
    const got = report.sets.find(({ name }) => name === set.name);
    const found = got === undefined ? [`${set.name}: missing`] : faultsOfSet(got, set, golden);
    faults.push(...found);
    passed += Math.max(0, wanted.length - found.length);
  }
  return { passed, faults };
}

function faultsOfSet(got: ReportedSet, set: EncodedSet, golden: GoldenFilters): string[] {
  const bytes = Buffer.from(got.hex, 'hex');
  const rows = rowsOf({ ...set, bytes });
  const faults = rowFaults(set.name, 'in Node', rows, rowsOf(set));
  const goldenRows = goldenRowsOf(set.name, golden);
  if (goldenRows.length > 0) faults.push(...rowFaults(set.name, 'by clkhash', rows, goldenRows));
  if (set.bytes.every((byte) => byte === 0)) faults.push(`${set.name}: empty, which proves nothing`);
  if (got.recordBytes !== set.recordBytes) {
    faults.push(`${set.name}: expected ${set.recordBytes} bytes a record, got ${got.recordBytes}`);
  }
  if (got.sha256 !== createHash('sha256').update(set.bytes).digest('hex')) {
    faults.push(`${set.name}: the SHA-256 of the browser is another one than that of Node`);
  }
  return faults;
}

function rowFaults(name: string, where: string, got: readonly string[], wanted: readonly string[]): string[] {
  const faults = wanted.flatMap((row, i) => (got[i] === row ? [] : [`${name}: row ${i} is not as it is ${where}`]));
  if (got.length !== wanted.length) faults.push(`${name}: expected ${wanted.length} rows, got ${got.length}`);
  return faults;
}

/** Each record in hexadecimal digits. */
function rowsOf({ bytes, recordBytes }: EncodedSet): string[] {
  const all = Buffer.from(bytes);
  return Array.from({ length: Math.ceil(all.length / recordBytes) }, (_, row) =>
    all.subarray(row * recordBytes, (row + 1) * recordBytes).toString('hex'));
}

function goldenRowsOf(name: string, golden: GoldenFilters): string[] {
  const clks = golden.cases.find((goldenCase) => `golden ${goldenCase.name}` === name)?.clks_base64 ?? [];
  return clks.map((clk) => Buffer.from(clk, 'base64').toString('hex'));
}
