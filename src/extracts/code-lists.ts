import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/settings/policy-document.js';

/** A code list of config/concepts; `use: output` marks codes that only tables carry. */
interface CodeList {
  readonly codes: readonly { readonly code: string; readonly use?: string }[];
}

/** Of citizenship alone. */
const STATELESS = 'STLS';

/** The codes that registers may deliver. An empty value says that the register does not hold it. */
export class CodeLists {
  private readonly countries = readCodes('countries');

  refusalOfCitizenship(code: string): string | undefined {
    return code === '' || this.countries.has(code) ? undefined
      : 'unknown code: expected one of config/concepts/countries.json, or nothing';
  }

  refusalOfCountry(code: string): string | undefined {
    return code === STATELESS ? 'stateless is a citizenship and no country' : this.refusalOfCitizenship(code);
  }
}

function readCodes(name: string): ReadonlySet<string> {
  const file = join(packageRoot(), 'config', 'concepts', `${name}.json`);
  const { codes } = JSON.parse(readFileSync(file, 'utf8')) as CodeList;
  return new Set(codes.filter(({ use }) => use !== 'output').map(({ code }) => code));
}
