import { allLocales } from '@faker-js/faker';
import { ranked, zipfTable, type FrequencyTable } from './frequency-table.js';
import type { RandomStream } from './random.js';

/** An address in the country. */
export interface Place {
  readonly locality: string;
  /** Four digits. */
  readonly postalCode: string;
  readonly street: string;
}

const FIRST_POSTAL_CODE = 1000;
const POSTAL_CODES_A_LOCALITY = 40;
const LARGEST_HOUSE_NUMBER = 140;

interface Gazetteer {
  readonly localities: FrequencyTable;
  readonly codeOf: ReadonlyMap<string, number>;
  readonly streets: readonly string[];
}

let gazetteer: Gazetteer | undefined;

function loadGazetteer(): Gazetteer {
  const location = allLocales.de.location;
  const localities = ranked(location?.city_name ?? []);
  return {
    localities: zipfTable(localities, 2),
    codeOf: new Map(localities.map((name, i) => [name, FIRST_POSTAL_CODE + i * POSTAL_CODES_A_LOCALITY])),
    streets: ranked(location?.street_name ?? []),
  };
}

/** A dwelling: large towns hold most people; postal codes belong to one locality. */
export function drawPlace(random: RandomStream): Place {
  gazetteer ??= loadGazetteer();
  const locality = gazetteer.localities.draw(random);
  const code = gazetteer.codeOf.get(locality)! + random.below(POSTAL_CODES_A_LOCALITY);
  const street = random.pick(gazetteer.streets);
  return { locality, postalCode: String(code), street: `${street} ${random.between(1, LARGEST_HOUSE_NUMBER)}` };
}
