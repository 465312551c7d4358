import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { VinculumError } from '#libs/record';
import {
  HOME_COUNTRY, REFERENCE_DATE, REGISTERS, WINDOW_START, isoDate, personId, synthesize,
  type Person, type RegisterId, type RegisterRecord,
} from '#libs/synthetic';

export const PEOPLE_HEADER = [
  'record_id', 'given_names', 'family_name', 'birth_date', 'sex', 'country_of_birth', 'citizenship', 'locality',
  'postal_code', 'street', 'document_number',
] as const;
const EVENTS_HEADER = ['record_id', 'kind', 'date', 'country'] as const;
const LINKS_HEADER = ['register', 'record_id', 'person_id'] as const;
const PERSONS_HEADER = [
  'person_id', 'household', 'given_names', 'family_name', 'sex', 'birth_date', 'death_date', 'country_of_birth',
  'origin_country', 'citizenships', 'naturalised',
] as const;
const SPELLS_HEADER = ['person_id', 'country', 'from', 'until'] as const;

/** People between two looks at the event loop: cancellation answers at once, throughput does not notice. */
const PEOPLE_A_TURN = 500;
/** People for each bucket of the external sort: some 2 MB of rows. */
const PEOPLE_A_BUCKET = 20_000;
/** 500 buckets of six files (10 million people) buffer 48 MB at most. */
const BUCKET_BUFFER = 1 << 14;
const FILE_BUFFER = 1 << 16;
/** Record numbers have nine digits and are spread evenly, so the first three of them tell the bucket. */
const LEADING_DIGITS = 3;

export interface SyntheticCountryRequest {
  readonly people: number;
  readonly seed: number;
  /** Folder to create; must not exist. Written as `<out>.partial`, renamed when complete. */
  readonly out: string;
  readonly onProgress?: (people: number) => void;
  readonly signal?: AbortSignal;
}

/** `country.json`. */
export interface SyntheticCountrySummary {
  readonly format: 'vinculum-synthetic-country';
  readonly version: 1;
  readonly people: number;
  readonly seed: number;
  readonly homeCountry: string;
  /** ISO 8601 dates: histories are told from the one to the other. */
  readonly windowStart: string;
  readonly referenceDate: string;
  /** `people` and `events` count the rows of people.csv and events.csv. */
  readonly registers: readonly { registerId: RegisterId; cardinality: 'unique' | 'many'; people: number; events: number }[];
  /** Role of linkage -> column, for roles that every register holds. */
  readonly columns: Readonly<Record<string, string>>;
  /** Roles that only some registers hold. */
  readonly otherColumns: Readonly<Record<string, string>>;
  /** What `vinculum encode --content` takes. */
  readonly content: Readonly<Record<string, { readonly column: string }>>;
}

/** Quoted where RFC 4180 asks for it. */
const csvField = (value: string): string => (/[",\r\n]/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const csvLine = (values: readonly string[]): string => `${values.map(csvField).join(',')}\n`;

/** Appends lines to a new file through a bounded buffer. Holds no descriptor: there can be thousands. */
class LineFile {
  private lines: string[] = [];
  private characters = 0;

  constructor(private readonly path: string, private readonly bufferCharacters: number) {
    writeFileSync(path, '', { flag: 'wx' });
  }

  add(line: string): void {
    this.lines.push(line);
    this.characters += line.length;
    if (this.characters >= this.bufferCharacters) this.flush();
  }

  close(): void {
    this.flush();
  }

  private flush(): void {
    appendFileSync(this.path, this.lines.join(''));
    this.lines = [];
    this.characters = 0;
  }
}

/**
 * A CSV file in order of record id, sorted outside memory: rows are dealt to buckets by the leading digits
 * of the id, and each bucket is sorted alone. Ids are a keyed permutation, so their order tells nothing
 * about people.
 */
class SortedCsvFile {
  private readonly buckets: LineFile[];
  rows = 0;

  constructor(
    private readonly path: string, private readonly header: readonly string[], private readonly count: number,
  ) {
    this.buckets = Array.from({ length: count }, (_, i) => new LineFile(this.bucketPath(i), BUCKET_BUFFER));
  }

  add(recordId: string, values: readonly string[]): void {
    const digits = recordId.slice(-9, -9 + LEADING_DIGITS);
    const bucket = Math.floor((Number(digits) * this.count) / 10 ** LEADING_DIGITS);
    this.buckets[bucket].add(csvLine(values));
    this.rows++;
  }

  finish(): void {
    this.buckets.forEach((bucket) => bucket.close());
    const file = new LineFile(this.path, FILE_BUFFER);
    file.add(csvLine(this.header));
    for (let i = 0; i < this.count; i++) {
      const lines = readFileSync(this.bucketPath(i), 'utf8').split('\n');
      lines.pop();
      // Sorting is stable: the rows of one record keep their order.
      const keyed = lines.map((line) => ({ id: line.slice(0, line.indexOf(',')), line }));
      keyed.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      for (const { line } of keyed) file.add(`${line}\n`);
      rmSync(this.bucketPath(i));
    }
    file.close();
  }

  private bucketPath(i: number): string {
    return `${this.path}.${i}`;
  }
}

const dateOrEmpty = (day: number | null): string => (day === null ? '' : isoDate(day));

function personRow(person: Person): string[] {
  const name = person.familyNames[person.familyNames.length - 1];
  return [
    personId(person.number), String(person.household), person.givenNames.join(' '), name.parts.join(' '), person.sex,
    isoDate(person.birth), dateOrEmpty(person.death), person.countryOfBirth, person.originCountry,
    person.citizenships.filter((held) => held.until === null).map((held) => held.country).join(' '),
    dateOrEmpty(person.naturalised),
  ];
}

function recordRow(record: RegisterRecord): string[] {
  return [
    record.recordId, record.givenNames, record.familyName, record.birthDate, record.sex,
    record.countryOfBirth, record.citizenship, record.locality,
    record.postalCode, record.street, record.documentNumber,
  ];
}

/** The open files of a country being written. */
class CountryFiles {
  private readonly links: LineFile;
  private readonly persons: LineFile;
  private readonly spells: LineFile;
  private readonly registers: ReadonlyMap<RegisterId, { people: SortedCsvFile; events: SortedCsvFile }>;

  constructor(folder: string, people: number) {
    const buckets = Math.min(10 ** LEADING_DIGITS, Math.ceil(people / PEOPLE_A_BUCKET));
    mkdirSync(join(folder, 'truth'), { recursive: true });
    const truth = (name: string, header: readonly string[]): LineFile => {
      const file = new LineFile(join(folder, 'truth', name), FILE_BUFFER);
      file.add(csvLine(header));
      return file;
    };
    this.links = truth('links.csv', LINKS_HEADER);
    this.persons = truth('persons.csv', PERSONS_HEADER);
    this.spells = truth('spells.csv', SPELLS_HEADER);
    this.registers = new Map(REGISTERS.map(({ registerId }) => {
      mkdirSync(join(folder, registerId));
      return [registerId, {
        people: new SortedCsvFile(join(folder, registerId, 'people.csv'), PEOPLE_HEADER, buckets),
        events: new SortedCsvFile(join(folder, registerId, 'events.csv'), EVENTS_HEADER, buckets),
      }];
    }));
  }

  add(person: Person, records: readonly RegisterRecord[]): void {
    const id = personId(person.number);
    this.persons.add(csvLine(personRow(person)));
    for (const spell of person.spells) {
      this.spells.add(csvLine([id, spell.country, isoDate(spell.from), dateOrEmpty(spell.until)]));
    }
    for (const record of records) {
      const { people, events } = this.registers.get(record.registerId)!;
      people.add(record.recordId, recordRow(record));
      for (const event of record.events) {
        events.add(record.recordId, [record.recordId, event.kind, event.date, event.country]);
      }
      this.links.add(csvLine([record.registerId, record.recordId, id]));
    }
  }

  finish(): SyntheticCountrySummary['registers'] {
    [this.links, this.persons, this.spells].forEach((file) => file.close());
    return REGISTERS.map(({ registerId, cardinality }) => {
      const { people, events } = this.registers.get(registerId)!;
      people.finish();
      events.finish();
      return { registerId, cardinality, people: people.rows, events: events.rows };
    });
  }
}

/**
 * Writes a synthetic country into a new folder. Memory is bounded whatever the number of people. A run that
 * fails or is cancelled leaves nothing; one that is killed leaves `<out>.partial`, which the next run
 * replaces.
 *
 * @throws VinculumError OUTPUT_EXISTS, SYNTHETIC_OPTIONS_INVALID; the signal's reason when cancelled.
 */
export async function writeSyntheticCountry(
  request: SyntheticCountryRequest,
): Promise<SyntheticCountrySummary> {
  const { people, seed, out, onProgress, signal } = request;
  if (existsSync(out)) {
    throw new VinculumError('OUTPUT_EXISTS', `expected a folder that does not exist yet, got ${out}: `
      + 'choose another --out or remove it first');
  }
  const stream = synthesize({ people, seed });
  // The first step checks the options, before anything touches the disk.
  let step = stream.next();
  const partial = `${out}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true });
  mkdirSync(partial);
  try {
    const files = new CountryFiles(partial, people);
    for (let done = 1; step.done !== true; done++, step = stream.next()) {
      files.add(step.value.person, step.value.records);
      if (done % PEOPLE_A_TURN !== 0) continue;
      onProgress?.(done);
      await setImmediate();
      signal?.throwIfAborted();
    }
    const summary = summarise(people, seed, files.finish());
    writeFileSync(join(partial, 'country.json'), `${JSON.stringify(summary, null, 2)}\n`);
    renameSync(partial, out);
    onProgress?.(people);
    return summary;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

function summarise(
  people: number, seed: number, registers: SyntheticCountrySummary['registers'],
): SyntheticCountrySummary {
  return {
    format: 'vinculum-synthetic-country',
    version: 1,
    people,
    seed,
    homeCountry: HOME_COUNTRY,
    windowStart: isoDate(WINDOW_START),
    referenceDate: isoDate(REFERENCE_DATE),
    registers,
    columns: {
      givenName: 'given_names', familyName: 'family_name', birthDate: 'birth_date', sex: 'sex',
      placeOfBirth: 'country_of_birth',
    },
    otherColumns: {
      locality: 'locality', postalCode: 'postal_code', address: 'street', identifier: 'document_number',
    },
    content: {
      sex: { column: 'sex' }, birthMonth: { column: 'birth_date' }, citizenship: { column: 'citizenship' },
      countryOfBirth: { column: 'country_of_birth' },
    },
  };
}
