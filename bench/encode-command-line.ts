import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLKHASH_SCHEMA, type EncodingName } from './encode-subjects.js';
import { spreadOf, type Spread } from './spread.js';

const CLI = join(__dirname, '../src/cli.js');
const COLUMNS = 'given_name,family_name,birth_date,sex';

/** What `vinculum encode` says of itself. */
interface CliReport {
  readonly records: number; readonly seconds: number; readonly cpuSeconds: number; readonly peakRssMb: number;
}

export interface CliPace {
  /** Rows a second by the clock, with the threads that the command takes by itself. */
  readonly perSecond: Spread;
  /**
   * Rows a second of processor time, start included, when all is done in one thread: with several busy ones
   * each core of a machine may be slower, and what they share is not what a core does.
   */
  readonly perCore: Spread;
  readonly peakRssMb: number;
}

/** Encodes a CSV file of given names, family name, birth date and sex with the command line, some times. */
export function measureCli(
  name: EncodingName, rows: Iterable<readonly string[]>, secret: Uint8Array, runs: number,
): CliPace {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-bench-'));
  try {
    writeRows(join(folder, 'people.csv'), rows, name === 'native');
    writeFileSync(join(folder, 'key'), Buffer.from(secret).toString('hex'), { mode: 0o600 });
    writeFileSync(join(folder, 'schema.json'), JSON.stringify(CLKHASH_SCHEMA));
    const reports = Array.from({ length: runs }, () => encodeFile(name, folder, []));
    // A clkhash file is encoded by one thread anyway.
    const alone = name === 'clkhash' ? reports
      : Array.from({ length: runs }, () => encodeFile(name, folder, ['--threads', '0']));
    return {
      perSecond: spreadOf(reports.map(({ records, seconds }) => records / seconds)),
      perCore: spreadOf(alone.map(({ records, cpuSeconds }) => records / cpuSeconds)),
      peakRssMb: Math.max(...reports.map(({ peakRssMb }) => peakRssMb)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeRows(path: string, rows: Iterable<readonly string[]>, hasId: boolean): void {
  const file = openSync(path, 'w');
  let text = `${hasId ? 'id,' : ''}${COLUMNS}\n`;
  let number = 0;
  for (const row of rows) {
    text += `${hasId ? `P${number++},` : ''}${row.join(',')}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}

function encodeFile(name: EncodingName, folder: string, options: readonly string[]): CliReport {
  const out = join(folder, 'out');
  const how = name === 'clkhash' ? ['--format', 'clkhash', '--spec', join(folder, 'schema.json')] : [
    '--register', 'bench', '--cardinality', 'unique', '--reference-date', '2026-01-01', '--id', 'id',
    '--columns', 'givenName=given_name,familyName=family_name,birthDate=birth_date,sex=sex',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    CLI, 'encode', '--in', join(folder, 'people.csv'), '--out', out, '--secret-file', join(folder, 'key'), '--json',
    ...how, ...options,
  ], { encoding: 'utf8' });
  rmSync(out, { recursive: true, force: true });
  if (status !== 0) throw new Error(`vinculum encode ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as CliReport;
}
