import { parse } from 'csv-parse/sync';

/** A row of a release's `table.csv`; an empty value is suppressed. */
interface TableRow {
  readonly SEX: string;
  readonly AGE: string;
  readonly CITIZENSHIP_GRP: string;
  readonly OBS_VALUE: string;
}

const COLUMNS = ['NAT', 'FOR', 'STLS', 'UNK', '_T'];
const TITLES = ['national', 'foreign', 'stateless', 'unknown', 'all'];
const SUPPRESSED = '*';

/** Age by citizenship group, both sexes together, as lines of text. */
export function tableLines(csv: string): string[] {
  const rows = parse<TableRow>(csv, { columns: true }).filter(({ SEX }) => SEX === '_T');
  const ages = [...new Set(rows.map(({ AGE }) => AGE))];
  const line = (title: string, values: readonly string[]): string =>
    `   ${title.padEnd(10)}${values.map((value) => value.padStart(11)).join('')}`;
  return [
    line('age', TITLES),
    ...ages.map((age) => line(age === '_T' ? 'all' : age, COLUMNS.map((group) => {
      const cell = rows.find(({ AGE, CITIZENSHIP_GRP }) => AGE === age && CITIZENSHIP_GRP === group);
      return cell?.OBS_VALUE === '' ? SUPPRESSED : cell?.OBS_VALUE ?? '';
    }))),
    `   (${SUPPRESSED} suppressed: too few people; every other figure carries noise, so that columns do not quite add up)`,
  ];
}
