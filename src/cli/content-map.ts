import { readPartialDate, refusalOfBirthDate } from '#libs/encode';
import {
  VARIABLE_SOURCES, VinculumError,
  type ContentRow, type DeclaredVariable, type SexCode, type VariableSource as Source,
} from '#libs/record';
import { isCitizenship, isCountry, isSexCode, type FieldRefusal } from '../extract-folder/index.js';
import { placeOf } from './column-mapping.js';

const VARIABLES = ['sex', 'birthMonth', 'citizenship', 'countryOfBirth'] as const;
type Variable = (typeof VARIABLES)[number];

/** As the content and the manifest name them. */
const NAMES: Readonly<Record<Variable, string>> = {
  sex: 'sex', birthMonth: 'birth_month', citizenship: 'citizenship', countryOfBirth: 'country_of_birth',
};

interface VariableColumn {
  readonly column: string;
  /** Register's code -> harmonised code; without it the register's codes are the harmonised ones. */
  readonly codes?: Readonly<Record<string, string>>;
  /** Who the register has the values from; default: somebody else than the person. */
  readonly source?: Source;
}

/** Where the harmonised content comes from; what the register does not hold is left out. */
export type ContentMap = Readonly<Partial<Record<Variable, VariableColumn>>>;

/** @throws VinculumError CONTENT_MAP_INVALID with every reason. */
export function parseContentMap(json: unknown): ContentMap {
  const reasons = isObject(json)
    ? Object.entries(json).flatMap(([variable, source]) => reasonsAgainst(variable, source))
    : ['expected a JSON object'];
  if (reasons.length === 0) return json as ContentMap;
  throw new VinculumError('CONTENT_MAP_INVALID', `the content map is refused: ${reasons.join('; ')}`);
}

/** What a manifest says of the content that a map makes: the variables of the map, and no others. */
export function variablesOfMap(map: ContentMap): DeclaredVariable[] {
  return VARIABLES.flatMap((variable) => {
    const column = map[variable];
    return column === undefined ? [] : [{ name: NAMES[variable], source: column.source ?? 'third-party' }];
  });
}

function reasonsAgainst(variable: string, source: unknown): string[] {
  if (!(VARIABLES as readonly string[]).includes(variable)) {
    return [`unknown variable ${JSON.stringify(variable)}; expected ${VARIABLES.join(', ')}`];
  }
  if (!isObject(source) || typeof source.column !== 'string') return [`${variable}: expected {"column": ...}`];
  const { codes, source: from } = source;
  if (from !== undefined && !VARIABLE_SOURCES.includes(from as Source)) {
    return [`${variable}.source: expected one of ${VARIABLE_SOURCES.join(', ')}`];
  }
  if (codes === undefined) return [];
  if (variable === 'birthMonth') return [`${variable}: takes no codes`];
  if (!isObject(codes)) return [`${variable}.codes: expected an object`];
  return Object.values(codes)
    .filter((code) => typeof code !== 'string' || !isGoodCode(variable as Variable, code))
    .map((code) => `${variable}.codes: ${JSON.stringify(code)} is no harmonised code`);
}

function isGoodCode(variable: Variable, code: string): boolean {
  if (variable === 'sex') return isSexCode(code);
  return variable === 'citizenship' ? isCitizenship(code) : isCountry(code);
}

/** What a row of content says of a record besides its id. */
export type RecordContent = Omit<ContentRow, 'recordId'>;

/** The content of a record, or why it is refused. */
export type ContentReading =
  { readonly content: RecordContent } | { readonly refusals: readonly FieldRefusal[] };

/**
 * Reader of a record's content.
 *
 * @throws VinculumError COLUMNS_INVALID when a column of the map is not in the header.
 */
export function contentReader(
  map: ContentMap, header: readonly string[],
): (record: readonly string[]) => ContentReading {
  const places = new Map(VARIABLES.flatMap((variable) => {
    const source = map[variable];
    return source === undefined ? [] : [[variable, placeOf(source.column, header)] as const];
  }));
  return (record) => {
    const refusals: FieldRefusal[] = [];
    const read = (variable: Variable): string => {
      const place = places.get(variable);
      const value = place === undefined ? '' : record[place];
      const harmonised = variable === 'birthMonth' ? monthOf(value) : codeOf(variable, value, map[variable]);
      if (typeof harmonised === 'string') return harmonised;
      refusals.push({ field: variable, reason: harmonised.reason });
      return '';
    };
    const content = {
      sex: read('sex') as SexCode, birthMonth: read('birthMonth'),
      citizenship: read('citizenship'), countryOfBirth: read('countryOfBirth'),
    };
    return refusals.length > 0 ? { refusals } : { content };
  };
}

interface Refused { readonly reason: string }

function codeOf(variable: Variable, value: string, source: VariableColumn | undefined): string | Refused {
  if (source?.codes !== undefined && Object.hasOwn(source.codes, value)) return source.codes[value];
  if (value === '') return variable === 'sex' ? '_U' : '';
  if (source?.codes !== undefined) return { reason: 'expected one of the codes of the content map' };
  if (isGoodCode(variable, value)) return value;
  return { reason: `expected a harmonised code; a content map can say what the register's codes mean` };
}

function monthOf(value: string): string | Refused {
  const reason = refusalOfBirthDate(value);
  if (reason !== undefined) return { reason };
  const { year, month } = readPartialDate(value);
  if (year.includes('?')) return '';
  return month.includes('?') ? year : `${year}-${month}`;
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
