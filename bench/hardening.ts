// What each hardening costs in quality: links the three registers of a synthetic country under the same
// fields and linkage spec, with another hardening each time; mean and range over several countries.
//
//   npm run bench:hardening -- [--people 5000] [--seeds 1,2,3] [--only TEXT] [--json]
import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { blipEpsilonPerBit, encodeRecords, FilterStatistics, rolesOfSpec, type EncodingSpec } from '#libs/encode';
import { link, parseLinkageSpec, type LinkageSpec } from '#libs/linkage';
import { measuredQuality, type MeasuredQuality } from '#libs/quality';
import type { EncodedExtract } from '#libs/record';
import { REGISTERS, synthesize, type RegisterRecord } from '#libs/synthetic';
import { HARDENING_VARIANTS, type HardeningVariant } from './hardening-variants.js';

interface RegisterRows {
  readonly records: readonly RegisterRecord[];
  readonly persons: readonly string[];
}

/** What one variant gives on one country. */
interface Price {
  readonly meanFill: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly cpuSeconds: number;
}

interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** A row of the table: one variant over all seeds. */
interface Row {
  readonly variant: string;
  readonly epsilonPerBit: number | null;
  readonly filterBytes: number;
  readonly spread: Readonly<Record<keyof Price, Spread>>;
}

const VALUE_OF_ROLE: Readonly<Record<string, (record: RegisterRecord) => string>> = {
  givenName: ({ givenNames }) => givenNames, familyName: ({ familyName }) => familyName,
  birthDate: ({ birthDate }) => birthDate, sex: ({ sex }) => sex,
  placeOfBirth: ({ countryOfBirth }) => countryOfBirth,
};

/** The records of each register in order of record id, which tells nothing about people. */
function registerRows(people: number, seed: number): RegisterRows[] {
  const all: { record: RegisterRecord; person: string }[] = [];
  for (const { person, records } of synthesize({ people, seed })) {
    for (const record of records) all.push({ record, person: String(person.number) });
  }
  return REGISTERS.map(({ registerId }) => {
    const own = all.filter(({ record }) => record.registerId === registerId)
      .sort((a, b) => (a.record.recordId < b.record.recordId ? -1 : 1));
    return { records: own.map(({ record }) => record), persons: own.map(({ person }) => person) };
  });
}

function encode(spec: EncodingSpec, registers: readonly RegisterRows[]): EncodedExtract[] {
  const secret = createHash('sha256').update('the price of hardening').digest();
  // A key stream instead of chance: the same command prints the same table.
  const noise = createCipheriv('aes-256-ctr', secret, Buffer.alloc(16));
  const randomBytes = (count: number): Uint8Array => new Uint8Array(noise.update(Buffer.alloc(count)));
  return registers.map(({ records }, r) => encodeRecords(spec, secret, REGISTERS[r],
    records.map((record) => rolesOfSpec(spec).map((role) => VALUE_OF_ROLE[role](record))), { randomBytes }));
}

async function priceOf(
  { spec }: HardeningVariant, registers: readonly RegisterRows[], linkage: LinkageSpec,
): Promise<Price> {
  const before = process.cpuUsage();
  const extracts = encode(spec, registers);
  const { precision, recall, f1 } = await qualityOf(extracts, registers, linkage);
  const { user, system } = process.cpuUsage(before);
  return { meanFill: meanFill(extracts), precision, recall, f1, cpuSeconds: (user + system) / 1e6 };
}

function rowOf({ name, spec }: HardeningVariant, prices: readonly Price[]): Row {
  const spread = (key: keyof Price): Spread => {
    const values = prices.map((price) => price[key]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, least: Math.min(...values), most: Math.max(...values) };
  };
  const blip = spec.segments[0].hardening?.find((step) => step.type === 'blip');
  return {
    variant: name, epsilonPerBit: blip ? blipEpsilonPerBit(blip.f) : null,
    filterBytes: spec.segments.reduce((sum, { bits }) => sum + bits / 8, 0),
    spread: {
      meanFill: spread('meanFill'), precision: spread('precision'), recall: spread('recall'), f1: spread('f1'),
      cpuSeconds: spread('cpuSeconds'),
    },
  };
}

async function qualityOf(
  extracts: readonly EncodedExtract[], registers: readonly RegisterRows[], linkage: LinkageSpec,
): Promise<MeasuredQuality> {
  const { entityOf } = await link(extracts, linkage);
  const registerOf = Uint8Array.from(extracts.flatMap(({ records }, r) => Array<number>(records).fill(r)));
  return measuredQuality(registerOf, Uint32Array.from(entityOf.flatMap((of) => Array.from(of))),
    registers.flatMap(({ persons }) => persons));
}

/** Share of ones over all filters that are not missing. */
function meanFill(extracts: readonly EncodedExtract[]): number {
  let [ones, bits] = [0, 0];
  for (const { records, segments } of extracts) {
    for (const segment of segments) {
      const statistics = new FilterStatistics(segment.bits);
      for (let row = 0; row < records; row++) statistics.add(segment.filters, (row * segment.bits) / 8);
      const { missing, fillMean } = statistics.summary();
      ones += fillMean * (records - missing) * segment.bits;
      bits += (records - missing) * segment.bits;
    }
  }
  return ones / bits;
}

function tableRow({ variant, epsilonPerBit, filterBytes, spread }: Row): string {
  const share = ({ mean, least, most }: Spread): string =>
    `${mean.toFixed(4)} (${least.toFixed(4)}-${most.toFixed(4)})`;
  return `| ${[
    variant, epsilonPerBit?.toFixed(2) ?? '', filterBytes, spread.meanFill.mean.toFixed(3),
    spread.precision.mean.toFixed(4), spread.recall.mean.toFixed(4), share(spread.f1),
  ].join(' | ')} |`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '5000' }, seeds: { type: 'string', default: '1,2,3' },
      only: { type: 'string', default: '' }, json: { type: 'boolean', default: false },
    },
  });
  const [people, ...seeds] = [values.people, ...values.seeds.split(',')].map(Number);
  if (![people, ...seeds].every((value) => Number.isSafeInteger(value) && value >= 0) || people < 100) {
    throw new Error('--people, --seeds: expected whole numbers, people from 100');
  }
  const countries = seeds.map((seed) => registerRows(people, seed));
  const linkage = parseLinkageSpec(JSON.parse(
    readFileSync(join(__dirname, '../../config/linkage/default.json'), 'utf8')));
  const machine = `${cpus()[0].model}, ${cpus().length} cores, node ${process.version}`;
  const records = countries.map((registers) => registers.map((register) => register.records.length));
  console.log(`${machine}; ${people} people, seeds ${seeds.join(', ')}, records of the registers: `
    + records.map((sizes) => sizes.join(' x ')).join(', ') + '\n');
  console.log('| encoding | epsilon a bit | bytes | fill | precision | recall | F1 (range) |');
  console.log('|---|---|---|---|---|---|---|');
  const rows: Row[] = [];
  for (const variant of HARDENING_VARIANTS.filter(({ name }) => name.includes(values.only))) {
    const prices: Price[] = [];
    for (const registers of countries) prices.push(await priceOf(variant, registers, linkage));
    rows.push(rowOf(variant, prices));
    console.log(tableRow(rows[rows.length - 1]));
  }
  if (values.json) console.log(JSON.stringify({ machine, people, seeds, records, rows }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
