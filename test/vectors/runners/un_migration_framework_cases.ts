import { classifyMigration, dateOf, dayOf, type DurationCriterion, type MigrationClass } from '#libs/cohort';
import { Tally, type VectorResult } from '../vector-runner.js';

interface Case {
  id: string;
  person: { birth: string; citizenship: string[] };
  spells: [country: string, from: string, to: string | null][];
  year: number;
  criterion: DurationCriterion;
  expect: Record<string, unknown>;
  alt?: { criterion: DurationCriterion; note: string };
}

/** Persons with known residence histories, and how the framework of 2021 classifies them in a year. */
export function run(content: string, _fileName: string): VectorResult {
  const tally = new Tally();
  for (const person of (JSON.parse(content) as { cases: Case[] }).cases) {
    const classified = classify(person, person.criterion);
    for (const [name, wanted] of Object.entries(person.expect)) {
      tally.equal(`${person.id} ${name}`, actual(name, classified), wanted);
    }
    if (person.alt !== undefined) checkAlternative(person, person.alt, tally);
  }
  return tally;
}

function classify(person: Case, criterion: DurationCriterion): MigrationClass {
  return classifyMigration({
    countryOfBirth: person.person.birth,
    citizenships: person.person.citizenship,
    spells: person.spells.map(([country, from, to]) => ({
      country, from: dayOf(from), to: to === null ? Number.POSITIVE_INFINITY : dayOf(to),
    })),
  }, 'HOME', person.year, criterion);
}

/**
 * Under the other criterion the file names, in words, the day of an immigration and the day of an
 * emigration.
 */
function checkAlternative(person: Case, alternative: NonNullable<Case['alt']>, tally: Tally): void {
  const classified = classify(person, alternative.criterion);
  const days = [classified.immigratedOn, classified.emigratedOn];
  tally.equal(`${person.id} under ${alternative.criterion}`,
    days.map((day) => (day === undefined ? null : dateOf(day))),
    alternative.note.match(/\d{4}-\d{2}-\d{2}/g));
}

function actual(name: string, classified: MigrationClass): unknown {
  switch (name) {
    case 'resident_start': return classified.residentAtStart;
    case 'resident_end': return classified.residentAtEnd;
    case 'flow': return classified.flow;
    case 'subtype': return classified.subtype;
    case 'stock': return classified.stock;
    case 'population': return classified.population;
    default: throw new Error(`no such expectation: ${name}`);
  }
}
