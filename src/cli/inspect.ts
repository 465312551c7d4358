import { Command } from 'commander';
import { FilterStatistics, type FilterSummary } from '#libs/encode';
import { RECORD_ID_BYTES, type ExtractManifest } from '#libs/record';
import { forEachRow, verifyExtractFolder, type ExtractVerification } from '../extract-folder/index.js';
import { ANSWER_IS_NO, DONE, endWith } from './command-end.js';

interface InspectOptions {
  readonly json?: true;
}

interface SegmentReport extends FilterSummary {
  readonly name: string;
  readonly bits: number;
}

/** `vinculum inspect`: what an extract says about itself, whether that is true, and how its filters look. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show and check an extract: manifest, hashes, counts, fill of the filters')
    .argument('<folder>', 'folder of the extract')
    .option('--json', 'print everything as one line of JSON')
    .addHelpText('after', '\nExit codes: 0 good; 1 not what its manifest says; 2 no extract there, or bad usage.')
    .action((folder: string, options: InspectOptions) =>
      endWith(options.json === true, () => run(folder, options)));
}

async function run(folder: string, options: InspectOptions): Promise<number> {
  const verification = await verifyExtractFolder(folder);
  const { manifest, good } = verification;
  const intact = !verification.findings.some(({ part }) => part === 'manifest' || part === 'encodings');
  const segments = manifest !== undefined && intact ? await statisticsOf(folder, manifest) : [];
  if (options.json) console.log(JSON.stringify({ folder, ...verification, segments }));
  else print(verification, segments);
  return good ? DONE : ANSWER_IS_NO;
}

async function statisticsOf(folder: string, manifest: ExtractManifest): Promise<SegmentReport[]> {
  const statistics = manifest.segments.map(({ bits }) => new FilterStatistics(bits));
  await forEachRow(folder, manifest, (bytes) => {
    let at = RECORD_ID_BYTES;
    manifest.segments.forEach(({ bits }, i) => {
      statistics[i].add(bytes, at);
      at += bits / 8;
    });
  });
  return manifest.segments.map((shape, i) => ({ ...shape, ...statistics[i].summary() }));
}

function print(
  { manifest, good, findings, findingsInAll }: ExtractVerification, segments: readonly SegmentReport[],
): void {
  if (manifest !== undefined) {
    console.log(`register         ${manifest.registerId} (${manifest.cardinality} a person)`);
    console.log(`reference date   ${manifest.referenceDate}`);
    console.log(`records          ${manifest.records}`);
    console.log(`events           ${manifest.parts.events?.rows ?? 'none'}`);
    console.log(`content          ${manifest.parts.content ? 'yes' : 'none'}`);
    console.log(`spec             ${manifest.specHash}`);
    console.log(`key fingerprint  ${manifest.keyFingerprint}`);
  }
  if (segments.length > 0) console.log('segment           bits  missing    fill: mean  least  most   weight dispersion');
  for (const { name, bits, records, missing, fillMean, fillMin, fillMax, weightDispersion } of segments) {
    const share = records === 0 ? 0 : missing / records;
    console.log(`${name.padEnd(16)} ${String(bits).padStart(5)}  ${percent(share)}    ${percent(fillMean)} ${percent(fillMin)} `
      + `${percent(fillMax)}   ${weightDispersion.toFixed(2)}`);
  }
  for (const { part, row, field, reason } of findings) {
    console.log(`${part}${row === undefined ? '' : `, row ${row}`}${field ? `, ${field}` : ''}: ${reason}`);
  }
  if (findingsInAll > findings.length) console.log(`and ${findingsInAll - findings.length} more`);
  console.log(good ? 'good: the files are what the manifest says' : `not good: ${findingsInAll} findings`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`.padStart(7);
}
