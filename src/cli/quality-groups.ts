import { join } from 'node:path';
import type { RecordCategory } from '#libs/quality';
import { CONTENT_HEADER, EXTRACT_PART_FILES, VinculumError } from '#libs/record';
import { readCsv } from './csv-rows.js';
import { usage } from './usage.js';

/** What `--by` can name of an extract: its coarse content, ages in bands. */
const CONTENT_CATEGORIES = ['sex', 'age', 'citizenship', 'country-of-birth'] as const;
type ContentCategory = (typeof CONTENT_CATEGORIES)[number];

/** First ages of the bands. */
const AGE_BANDS = [0, 15, 25, 45, 65] as const;

/** An extract folder, of which the content is read. */
export interface ContentFolder {
  readonly folder: string;
  readonly referenceDate: string;
  /** In the order of the rows. */
  readonly recordIds: readonly string[];
}

/** A category from the value of each row, by extract; an empty value is not known. Groups are sorted. */
export function categoryOf(name: string, values: readonly (readonly string[])[]): RecordCategory {
  const groups = [...new Set(values.flatMap((ofExtract) => [...new Set(ofExtract)]))]
    .filter((group) => group !== '').sort();
  const numbers = new Map(groups.map((group, g) => [group, g + 1]));
  return {
    name, groups,
    groupOf: values.map((ofExtract) => Uint16Array.from(ofExtract, (group) => numbers.get(group) ?? 0)),
  };
}

/**
 * Categories of extracts from their content.
 *
 * @throws VinculumError BAD_USAGE for an unknown category, EXTRACT_PART_DIFFERS when the content has other
 *   rows than the filters.
 */
export async function contentCategories(
  folders: readonly ContentFolder[], wanted: readonly string[],
): Promise<RecordCategory[]> {
  const known: readonly string[] = CONTENT_CATEGORIES;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw usage(`--by: no category ${unknown.join(', ')}; they are ${known.join(', ')}`);
  const content: string[][][] = [];
  for (const folder of folders) content.push(await contentRows(folder));
  return (wanted as readonly ContentCategory[]).map((name) => categoryOf(name, content.map((rows, x) =>
    rows.map((row) => groupOf(name, row, folders[x].referenceDate)))));
}

async function contentRows({ folder, recordIds }: ContentFolder): Promise<string[][]> {
  const rows: string[][] = [];
  let row = -1;
  for await (const fields of readCsv(join(folder, EXTRACT_PART_FILES.content), { trim: false, delimiter: ',' })) {
    if (row++ < 0) continue;
    if (fields[0] !== recordIds[row - 1]) break;
    rows.push(fields);
  }
  if (rows.length === recordIds.length && row === rows.length) return rows;
  throw new VinculumError('EXTRACT_PART_DIFFERS',
    'the content must have one row for each record, in the order of the filters', [
      { row: rows.length + 1, reason: 'another record id, or none' }]);
}

function groupOf(category: ContentCategory, row: readonly string[], referenceDate: string): string {
  const value = (column: (typeof CONTENT_HEADER)[number]): string => row[CONTENT_HEADER.indexOf(column)] ?? '';
  if (category === 'sex') return value('sex');
  if (category === 'citizenship') return value('citizenship');
  if (category === 'country-of-birth') return value('country_of_birth');
  return ageBand(value('birth_month'), referenceDate);
}

/**
 * Band of the age at a reference date (`YYYY-MM-DD`), for example `25-44`.
 *
 * @param birth `YYYY-MM`, `YYYY` (taken as January) or empty: no band.
 */
export function ageBand(birth: string, referenceDate: string): string {
  const months = /^(\d{4})(?:-(\d\d))?/.exec(birth);
  if (!months) return '';
  const [year, month] = referenceDate.split('-').map(Number);
  const age = Math.floor(((year - Number(months[1])) * 12 + month - Number(months[2] ?? 1)) / 12);
  const band = AGE_BANDS.filter((first) => first <= age).length - 1;
  if (band < 0) return '';
  const next = AGE_BANDS.at(band + 1);
  return next === undefined ? `${AGE_BANDS[band]}+` : `${AGE_BANDS[band]}-${next - 1}`;
}
