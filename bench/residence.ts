import {
  classifyMigration, immigration, parseCohortDefinition, presenceOf, residencePeriods, usualResident,
  yearBounds, type CohortDefinition, type PersonHistory,
} from '#libs/cohort';
import { HOME_COUNTRY, isoDate, REFERENCE_DATE, synthesize, type SyntheticPerson } from '#libs/synthetic';

/*
 * How well does the residence rule find the residents and immigrants of a synthetic country, when the
 * linkage is perfect? node dist/bench/residence.js [people] [seed]
 */

const YEAR = 2024;

interface Score { truth: number; counted: number; wronglyIn: number; wronglyOut: number }

function main(): void {
  const people = Number(process.argv[2] ?? 12000);
  const seed = Number(process.argv[3] ?? 1);
  for (const coverage of ['partial', 'complete'] as const) {
    const definition = define(coverage);
    const scores = new Map<string, Score>();
    for (const person of synthesize({ people, seed })) compare(person, definition, scores);
    for (const [group, score] of scores) console.log(`border ${coverage}: ${group} ${JSON.stringify(score)}`);
  }
}

function define(coverage: 'complete' | 'partial'): CohortDefinition {
  return parseCohortDefinition({
    kind: 'vinculum-cohort', version: 1, name: 'residents', title: 'Residents', concept: 'usual-residents',
    referenceDate: `${YEAR}-12-31`, durationCriterion: '12m', homeCountry: HOME_COUNTRY,
    observedUntil: isoDate(REFERENCE_DATE), registrationShowsIntention: 'everybody', dimensions: ['SEX'],
    registers: [
      { registerId: 'population-register', evidence: 'registration' },
      { registerId: 'residence-permits', evidence: 'permit' },
      { registerId: 'border-crossings', evidence: 'border', coverage },
    ],
  });
}

function compare(
  { person, records }: SyntheticPerson, definition: CohortDefinition, scores: Map<string, Score>,
): void {
  const { first, last } = yearBounds(YEAR);
  const history: PersonHistory = {
    entity: person.number,
    records: records.map(({ registerId, events, birthDate, citizenship, countryOfBirth }) => ({
      registerId, events, content: { sex: '_U', birthMonth: birthDate.slice(0, 7), citizenship, countryOfBirth },
    })),
  };
  const periods = residencePeriods(presenceOf(history, definition), definition.durationCriterion);
  const truth = classifyMigration({
    countryOfBirth: person.countryOfBirth, citizenships: [],
    spells: person.spells.map(({ country, from, until }) => ({
      country, from, to: until ?? Number.POSITIVE_INFINITY,
    })),
  }, HOME_COUNTRY, YEAR, definition.durationCriterion);
  const alive = person.death === null || person.death > last;
  const origin = person.originCountry === HOME_COUNTRY ? 'native' : 'foreign';
  add(scores, `residents of ${origin} origin`, truth.residentAtEnd && alive, usualResident(periods, last));
  add(scores, 'immigrants', truth.immigratedOn !== undefined, immigration(periods, first, last) !== undefined);
}

function add(scores: Map<string, Score>, group: string, truth: boolean, counted: boolean): void {
  const score = scores.get(group) ?? { truth: 0, counted: 0, wronglyIn: 0, wronglyOut: 0 };
  score.truth += Number(truth);
  score.counted += Number(counted);
  score.wronglyIn += Number(counted && !truth);
  score.wronglyOut += Number(truth && !counted);
  scores.set(group, score);
}

main();
