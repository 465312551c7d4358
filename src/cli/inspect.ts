import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  declaredSpec, ExtractRiskCollector, parseRiskLevels,
  type DeclaredHardening, type ExtractRisk, type RiskFinding, type RiskStatistics,
} from '#libs/encode';
import {
  blockColumns, filterSegments, RECORD_ID_BYTES, VinculumError, type ExtractManifest, type SegmentShape,
} from '#libs/record';
import { forEachRow, verifyExtractFolder, type ExtractVerification } from '../extract-folder/index.js';
import { ANSWER_IS_NO, DONE, endWith } from './command-end.js';
import { readJsonFile } from './json-file.js';

interface InspectOptions {
  readonly json?: true;
  readonly spec?: string;
}

interface SegmentReport extends SegmentShape {
  readonly records: number;
  readonly missing: number;
  readonly fillMean: number;
  readonly fillMin: number;
  readonly fillMax: number;
  readonly weightDispersion: number;
  /** Different values, and records that have the most frequent one. */
  readonly distinct: number;
  readonly largest: number;
}

/** `vinculum inspect`: what an extract says about itself, whether that is true, and how its filters look. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show and check an extract: manifest, hashes, counts, and what its filters give away')
    .argument('<folder>', 'folder of the extract')
    .option('--spec <file>', 'encoding spec or clkhash schema of the extract: its filters are judged by what it declares '
      + '(without it, by what the manifest holds, else as hardened)')
    .option('--json', 'print everything as one line of JSON')
    .addHelpText('after', '\nExit codes: 0 good (warnings too); 1 not what its manifest says, or its filters give too much away; '
      + '2 no extract there, or bad usage.')
    .action((folder: string, options: InspectOptions) =>
      endWith(options.json === true, () => run(folder, options)));
}

async function run(folder: string, options: InspectOptions): Promise<number> {
  const declared = options.spec === undefined ? undefined : declaredSpec(readJsonFile(options.spec, '--spec'));
  const verification = await verifyExtractFolder(folder);
  const { manifest, good } = verification;
  if (manifest !== undefined && declared !== undefined && manifest.specHash !== declared.hash) {
    throw new VinculumError('SPEC_DIFFERS', `${folder} was encoded with another spec than ${options.spec ?? ''}: `
      + `expected the hash ${manifest.specHash}, got ${declared.hash}`);
  }
  const declaration = declared?.declared
    ?? (manifest?.spec === undefined ? undefined : declaredSpec(manifest.spec).declared);
  const intact = !verification.findings.some(({ part }) => part === 'manifest' || part === 'encodings');
  const risk = manifest !== undefined && intact
    ? await riskOf(folder, manifest, declaration ?? new Map<string, DeclaredHardening>()) : undefined;
  const segments = manifest === undefined ? [] : segmentReports(manifest, risk);
  if (options.json) {
    console.log(JSON.stringify({ folder, ...verification, segments, ...(risk ? { risk } : {}) }));
  } else {
    print(verification, segments, risk);
  }
  return good && risk?.verdict !== 'refuse' ? DONE : ANSWER_IS_NO;
}

async function riskOf(
  folder: string, manifest: ExtractManifest, declared: ReadonlyMap<string, DeclaredHardening>,
): Promise<ExtractRisk> {
  // Compiled, this file lies in dist/src/cli; the levels stay in the source tree.
  const levels = parseRiskLevels(JSON.parse(
    readFileSync(join(__dirname, '../../../config/encoding/risk-levels.json'), 'utf8')));
  const collector = new ExtractRiskCollector(manifest.segments);
  await forEachRow(folder, manifest, (bytes) => collector.add(bytes, RECORD_ID_BYTES));
  return collector.judge(levels, declared, manifest.cardinality);
}

function segmentReports(manifest: ExtractManifest, risk: ExtractRisk | undefined): SegmentReport[] {
  return (risk?.segments ?? []).map(({ statistics }, s) => {
    const {
      records, missingShare, fillMean, fillMin, fillMax, weightDispersion, distinct,
      greatestMultiplicity: largest,
    } = statistics;
    const missing = Math.round(records * missingShare);
    return {
      ...manifest.segments[s], records, missing, fillMean, fillMin, fillMax, weightDispersion, distinct,
      largest,
    };
  });
}

function print(
  { manifest, good, findings, findingsInAll }: ExtractVerification, segments: readonly SegmentReport[],
  risk: ExtractRisk | undefined,
): void {
  if (manifest !== undefined) printManifest(manifest);
  if (segments.length > 0) console.log('segment           bits  missing    fill: mean  least  most   weight dispersion');
  for (const segment of filterSegments(segments)) {
    const { name, bits, records, missing, fillMean, fillMin, fillMax, weightDispersion } = segment;
    const share = records === 0 ? 0 : missing / records;
    console.log(`${name.padEnd(16)} ${String(bits).padStart(5)}  ${percent(share)}    ${percent(fillMean)} ${percent(fillMin)} `
      + `${percent(fillMax)}   ${weightDispersion.toFixed(2)}`);
  }
  if (blockColumns(segments).length > 0) console.log('block keys       missing   blocks   records in the largest');
  for (const { name, records, missing, distinct, largest } of blockColumns(segments)) {
    console.log(`${name.padEnd(16)} ${percent(records === 0 ? 0 : missing / records)} ${String(distinct).padStart(8)} `
      + `${String(largest).padStart(8)} ${percent(records === missing ? 0 : largest / (records - missing))}`);
  }
  if (risk !== undefined) printRisk(risk);
  for (const { part, row, field, reason } of findings) {
    console.log(`${part}${row === undefined ? '' : `, row ${row}`}${field ? `, ${field}` : ''}: ${reason}`);
  }
  if (findingsInAll > findings.length) console.log(`and ${findingsInAll - findings.length} more`);
  console.log(good ? 'good: the files are what the manifest says' : `not good: ${findingsInAll} findings`);
}

function printManifest(manifest: ExtractManifest): void {
  console.log(`register         ${manifest.registerId} (${manifest.cardinality} a person)`);
  console.log(`reference date   ${manifest.referenceDate}`);
  console.log(`records          ${manifest.records}`);
  console.log(`events           ${manifest.parts.events?.rows ?? 'none'}`);
  console.log(`content          ${manifest.parts.content ? 'yes' : 'none'}`);
  console.log(`spec             ${manifest.specHash}`);
  console.log(`key fingerprint  ${manifest.keyFingerprint}`);
}

const SHOWN: readonly (keyof RiskStatistics)[] = [
  'duplicateShare', 'greatestMultiplicity', 'alignableShare', 'skewedColumns', 'constantColumns', 'entropy', 'correlation',
];

function printRisk({ segments, records, verdict }: ExtractRisk): void {
  for (const segment of segments) {
    const figures = SHOWN.map((name) => `${name} ${Number(segment.statistics[name].toFixed(4))}`).join(', ');
    console.log(`risk of ${segment.name}, judged as ${segment.declared}: ${segment.verdict}\n  ${figures}`);
    segment.findings.forEach(printFinding);
  }
  const { duplicateShare, greatestMultiplicity, emptyShare } = records.statistics;
  console.log(`risk of whole records: ${records.verdict}\n  duplicateShare ${Number(duplicateShare.toFixed(4))}, `
    + `greatestMultiplicity ${greatestMultiplicity}, emptyShare ${Number(emptyShare.toFixed(4))}`);
  records.findings.forEach(printFinding);
  console.log(`risk: ${verdict}`);
}

function printFinding({ statistic, value, limit, verdict, why }: RiskFinding): void {
  console.log(`  ${verdict}: ${statistic} is ${Number(value.toFixed(4))}, limit ${limit}: ${why}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`.padStart(7);
}
