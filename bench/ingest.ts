// Packed extracts into the service and back into the kernel's memory, beside a raw COPY of the same bytes.
//
//   npm run bench:ingest -- [--records 200000] [--runs 1] [--json]
//
// In: from the first request of `vinculum submit` over HTTP to `accepted`: received, encrypted, stored, read
// again from what was stored, decrypted, hashed, record ids compared, safety statistics counted and judged.
// On the embedded default, client and service and PostgreSQL on this machine. Out: decrypted from PostgreSQL
// into one array a segment, as a linkage run loads them (in this process). Raw: the same bytes by COPY
// BINARY, a MiB a row, into a table of the same server, measured before and after each run; ratios are to
// their mean. Seconds of the processor (client, service and PostgreSQL) stand beside those of the clock.
// `peakRssMb` is the service's (VmHWM, without PostgreSQL).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { EXTRACT_PART_FILES, encodingRowBytes, type ExtractManifest } from '#libs/record';
import { approveProject } from '../src/demo/demo-project.js';
import { ServiceClient } from '../src/demo/service-client.js';
import { ServiceProcess } from '../src/demo/service-process.js';
import { DataKey } from '../src/extracts/data-key.js';
import { EncodedRows } from '../src/extracts/encoded-rows.js';
import { openedChunks } from '../src/extracts/opened-chunks.js';
import type { StoredChunk } from '../src/extracts/uploads.repository.js';
import { wholeRows } from '../src/extracts/whole-rows.js';
import { copyOut, roomUsedAgain } from '../src/platform/database/copy-out.js';
import { openStorageKeys } from '../src/platform/keys/open-storage-keys.js';
import { submitExtract } from '../src/submission/submit-extract.js';
import { cpuSeconds } from './cpu-time.js';
import { createRawTable, rawCopyIn, rawCopyOut, secondsSince } from './raw-copy.js';
import { writeRandomExtract } from './ingest-extract.js';

const REGISTER = 'population-register';
const CUSTODIAN = 'custodian-population';
const PIECES = 2;

/** Of the clock and of the processor. */
interface Spent {
  readonly seconds: number;
  readonly cpu: number;
}

interface Transfer {
  readonly in: Spent;
  readonly out: Spent;
}

interface Run {
  /** Seconds until everything was durable; what is left of `in` was the check. */
  readonly sent: number;
  readonly own: Transfer;
  readonly raw: readonly Transfer[];
}

class Ingestion {
  private constructor(
    private readonly service: ServiceProcess, private readonly client: ServiceClient,
    private readonly database: Client, private readonly folder: string,
    private readonly manifest: ExtractManifest,
  ) {}

  static async open(folder: string, manifest: ExtractManifest): Promise<Ingestion> {
    const service = await ServiceProcess.start();
    const database = new Client(service.ownDatabase);
    await database.connect();
    return new Ingestion(service, await ServiceClient.connect(service.url), database, folder, manifest);
  }

  async run(number: number): Promise<Run> {
    const before = await this.raw();
    const project = await approveProject(this.client, `Ingestion ${number}`);
    let sent = 0;
    let extract = '';
    const taken = await this.spent(async () => {
      const start = process.hrtime.bigint();
      const { extractId, state } = await submitExtract({
        api: this.client.extractsAs(CUSTODIAN), project, folder: this.folder, parallel: PIECES,
        onProgress: (durable, bytes) => {
          if (durable === bytes) sent = secondsSince(start);
        },
      });
      if (state !== 'accepted') throw new Error(`the extract is ${state}`);
      extract = extractId;
    });
    const own = { in: taken, out: await this.readBack(extract) };
    await this.database.query('DELETE FROM encodings.chunk WHERE extract = $1', [extract]);
    await this.database.query('CHECKPOINT');
    return { sent, own, raw: [before, await this.raw()] };
  }

  peakRssMb(): number {
    const status = readFileSync(`/proc/${this.service.pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.service.stop();
    this.service.remove();
  }

  private async spent(work: () => Promise<void>): Promise<Spent> {
    const [start, before] = [process.hrtime.bigint(), cpuSeconds(this.service)];
    await work();
    return { seconds: secondsSince(start), cpu: cpuSeconds(this.service) - before };
  }

  private async raw(): Promise<Transfer> {
    await createRawTable(this.database);
    const taken = await this.spent(() =>
      rawCopyIn(this.database, join(this.folder, EXTRACT_PART_FILES.encodings)));
    const out = await this.spent(() => rawCopyOut(this.database, this.manifest.parts.encodings.bytes));
    await this.database.query('DROP TABLE raw_copy');
    await this.database.query('CHECKPOINT');
    return { in: taken, out };
  }

  private async readBack(extract: string): Promise<Spent> {
    const [{ wrapped_key: wrapped }] = (await this.database.query<{ wrapped_key: Buffer }>(
      'SELECT wrapped_key FROM encodings.extract WHERE id = $1', [extract])).rows;
    const keys = openStorageKeys({
      keys: join(this.service.home, 'keys'), storageMasterKeys: undefined, kmsUrl: undefined,
      kmsTokenFile: undefined,
    });
    const key = await DataKey.unwrap(keys, extract, wrapped);
    const { host, user, password, database } = this.service.ownDatabase;
    const source = await new DataSource({
      type: 'postgres', database, host, username: user, password,
    }).initialize();
    let rows = 0;
    const spent = await this.spent(() => source.transaction(async (manager) => {
      const taken = new EncodedRows(this.manifest);
      const query = `SELECT place, data FROM encodings.chunk WHERE extract = '${extract}' ORDER BY place`;
      const stored = async function* (): AsyncGenerator<StoredChunk> {
        for await (const [place, data] of copyOut(manager, query, roomUsedAgain(1))) {
          yield { place: Number(place!.readBigInt64BE()), data: data! };
        }
      };
      const rowBytes = encodingRowBytes(this.manifest.segments);
      for await (const whole of wholeRows(openedChunks(key, stored()), rowBytes)) taken.take(whole);
      rows = taken.rows;
    }));
    await source.destroy();
    if (rows !== this.manifest.records) throw new Error(`expected ${this.manifest.records} rows, got ${rows}`);
    return spent;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '200000' }, runs: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const [records, runs] = [Number(values.records), Number(values.runs)];
  if (![records, runs].every((value) => Number.isSafeInteger(value) && value > 0)) {
    throw new Error('--records and --runs: expected whole numbers from 1');
  }
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-ingest-'));
  try {
    const manifest = writeRandomExtract(folder, records, REGISTER);
    const megabytes = manifest.parts.encodings.bytes / 1e6;
    console.log(`# ${cpus()[0].model}, ${cpus().length} cores, node ${process.version}; ${records} records, `
      + `${megabytes.toFixed(0)} MB (${encodingRowBytes(manifest.segments)} bytes a record)`);
    await measure(folder, manifest, runs, values.json);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  folder: string, manifest: ExtractManifest, runs: number, json: boolean,
): Promise<void> {
  const ingestion = await Ingestion.open(folder, manifest);
  try {
    const measured: Run[] = [];
    for (let number = 1; number <= runs; number++) {
      const run = await ingestion.run(number);
      measured.push(run);
      console.log(`run ${number}: sent after ${run.sent.toFixed(2)} s\n`
        + `  in ${described(run, 'in')}\n  out ${described(run, 'out')}`);
    }
    const { records } = manifest;
    const peakRssMb = ingestion.peakRssMb();
    const rate = (way: keyof Transfer): number =>
      Math.round(records / median(measured.map(({ own }) => own[way].seconds)));
    const ratio = (way: keyof Transfer): number =>
      Number(median(measured.map((run) => ratioOf(run, way))).toFixed(3));
    const figures = {
      records, recordsPerSecond: { in: rate('in'), out: rate('out') },
      ratioToRawCopy: { in: ratio('in'), out: ratio('out') }, peakRssMb,
    };
    console.log(`in ${figures.recordsPerSecond.in} records/s, ${figures.ratioToRawCopy.in} of a raw COPY; `
      + `out ${figures.recordsPerSecond.out}, ${figures.ratioToRawCopy.out}; service at most ${peakRssMb} MB`);
    if (json) console.log(JSON.stringify(figures));
  } finally {
    await ingestion.close();
  }
}

function ratioOf({ own, raw }: Run, way: keyof Transfer, of: keyof Spent = 'seconds'): number {
  return raw.reduce((sum, transfer) => sum + transfer[way][of], 0) / raw.length / own[way][of];
}

function described(run: Run, way: keyof Transfer): string {
  const told = ({ seconds, cpu }: Spent): string => `${seconds.toFixed(2)} s (processor ${cpu.toFixed(2)})`;
  const raw = run.raw.map((transfer) => told(transfer[way])).join(' and ');
  const ratios = `ratio ${ratioOf(run, way).toFixed(2)} (processor ${ratioOf(run, way, 'cpu').toFixed(2)})`;
  return `${told(run.own[way])}, raw ${raw}, ${ratios}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
