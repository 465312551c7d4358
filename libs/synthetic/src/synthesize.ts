import { VinculumError } from '#libs/record';
import { crossingRecords } from './border-crossings.js';
import { generateHousehold } from './household.js';
import type { Person } from './person.js';
import { populationRecord } from './population-register.js';
import { RecordIdSequence, type RegisterRecord } from './register-record.js';
import { permitRecords } from './residence-permits.js';

/** More people than any stated purpose needs, and few enough for unique record numbers. */
export const LARGEST_POPULATION = 100_000_000;

export interface SyntheticCountryOptions {
  /** Number of people, 1..LARGEST_POPULATION: residents, emigrants, the dead of the window and visitors. */
  readonly people: number;
  /** Non-negative safe integer. The same seed gives the same people, whatever their number. */
  readonly seed: number;
}

/** One person: the truth, and every record about the person. */
export interface SyntheticPerson {
  readonly person: Person;
  /** Population register first, then permits and crossings by date. Often empty for none of the registers. */
  readonly records: readonly RegisterRecord[];
}

/**
 * The people of a synthetic country, one after the other; memory holds one household. People come family by
 * family, so a consumer that keeps records must put them in order of `recordId` before it hides the truth.
 *
 * @throws VinculumError SYNTHETIC_OPTIONS_INVALID
 * @example for (const { person, records } of synthesize({ people: 20000, seed: 1 })) ...
 */
export function* synthesize(options: SyntheticCountryOptions): Generator<SyntheticPerson, void, undefined> {
  checkOptions(options);
  const { people, seed } = options;
  const population = new RecordIdSequence(seed, 'population-register');
  const permits = new RecordIdSequence(seed, 'residence-permits');
  const crossings = new RecordIdSequence(seed, 'border-crossings');
  let number = 0;
  for (let household = 0; number < people; household++) {
    for (const person of generateHousehold(seed, household, number, people - number)) {
      const inPopulation = populationRecord(seed, person, population);
      const records = [
        ...(inPopulation === null ? [] : [inPopulation]),
        ...permitRecords(seed, person, permits),
        ...crossingRecords(seed, person, crossings),
      ];
      yield { person, records };
      number++;
    }
  }
}

function checkOptions({ people, seed }: SyntheticCountryOptions): void {
  if (!Number.isSafeInteger(people) || people < 1 || people > LARGEST_POPULATION) {
    throw new VinculumError('SYNTHETIC_OPTIONS_INVALID',
      `people: expected a whole number from 1 to ${LARGEST_POPULATION}, got ${people}`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new VinculumError('SYNTHETIC_OPTIONS_INVALID',
      `seed: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}`);
  }
}
