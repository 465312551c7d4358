import { addYears, type Day } from './calendar.js';
import {
  borneName, childName, drawBirthName, drawMarriage, familyNamesOf, type BirthName, type Marriage,
} from './family-names.js';
import {
  cultureOf, drawGivenNames, homeOr, planHousehold, type HouseholdPlan, type MemberPlan,
} from './household-plan.js';
import { nameCulture } from './name-cultures.js';
import { HOME_COUNTRY, ORIGINS } from './origins.js';
import type { AddressPeriod, CitizenshipPeriod, FamilyNamePeriod, Move, Person } from './person.js';
import { drawPlace } from './places.js';
import { randomStream, type RandomStream } from './random.js';
import {
  countryAt, drawDeath, drawNaturalisation, followLater, migrantMoves, nativeMoves, spellsFrom,
} from './residence-history.js';
import { DEMOGRAPHY, REFERENCE_DATE, WINDOW_START } from './settings.js';
import { residentTrips, visits } from './travel.js';

const COUNTRIES_ABROAD: readonly string[] = ORIGINS.map((origin) => origin.country);

/** What the members of a family share. */
interface Family {
  readonly plan: HouseholdPlan;
  readonly number: number;
  readonly moves: readonly Move[];
  readonly naturalised: Day | null;
  readonly dual: boolean;
  readonly addresses: readonly AddressPeriod[];
}

/** A member with a name and moves, before the life is told to its end. */
interface Member {
  readonly plan: MemberPlan;
  readonly birthName: BirthName;
  readonly familyNames: readonly FamilyNamePeriod[];
  readonly initial: string;
  readonly moves: readonly Move[];
}

/**
 * The people of one household, as many as `room` allows. The same (seed, household, firstNumber) gives the
 * same people, and fewer of them only where `room` ends.
 */
export function generateHousehold(
  seed: number, household: number, firstNumber: number, room: number,
): Person[] {
  const random = randomStream(seed, 'household', household);
  const plan = planHousehold(random);
  const moves = familyMoves(random, plan);
  const naturalised = plan.kind === 'visitors' || plan.origin === null ? null : drawNaturalisation(random, moves);
  const dual = random.chance(DEMOGRAPHY.dualCitizenshipShare);
  const addresses = drawAddresses(random, plan);
  const family: Family = { plan, number: household, moves, naturalised, dual, addresses };
  const members = nameMembers(random, family);
  const persons: Person[] = [];
  for (let i = 0; i < members.length && i < room; i++) {
    const number = firstNumber + i;
    persons.push(tellLife(randomStream(seed, 'person', number), family, members[i], number, persons));
  }
  return persons;
}

function familyMoves(random: RandomStream, plan: HouseholdPlan): Move[] {
  if (plan.kind === 'native') return nativeMoves(random, COUNTRIES_ABROAD);
  if (plan.kind === 'visitors') return [];
  const moves = migrantMoves(random, plan.arrival, plan.shortStay, plan.origin!.country);
  // A mixed couple stays: the native partner has never left.
  return plan.kind === 'mixed' ? moves.slice(0, 1) : moves;
}

function drawAddresses(random: RandomStream, plan: HouseholdPlan): AddressPeriod[] {
  const first = { from: Math.min(plan.members[0].birth, plan.arrival), place: drawPlace(random) };
  const later = { from: random.between(WINDOW_START, REFERENCE_DATE), place: drawPlace(random) };
  if (plan.kind === 'visitors') return [];
  return random.chance(DEMOGRAPHY.movingShare) ? [first, later] : [first];
}

function nameMembers(random: RandomStream, family: Family): Member[] {
  const [head, ...others] = family.plan.members;
  const spouse = others.find((member) => member.role === 'spouse') ?? null;
  const headName = drawBirthName(random, cultureOf(head));
  const spouseName = spouse === null ? null : drawBirthName(random, cultureOf(spouse));
  const outsideName = drawBirthName(random, cultureOf(head));
  const marriage = drawMarriage(random, Math.max(head.birth, spouse?.birth ?? head.birth));
  const manChanges = random.chance(0.08);
  const changer = spouse === null ? head : (head.sex === 'F') === manChanges ? spouse : head;
  const marries = random.chance(spouse === null ? DEMOGRAPHY.singleMarriageShare : 0.85);

  const adult = (plan: MemberPlan, name: BirthName, partner: BirthName): Member => {
    const script = (of: BirthName): string => nameCulture(of.culture).script;
    const wedding: Marriage | null = plan === changer && marries && (spouse !== null || plan.sex === 'F')
      ? { day: marriage, partner, sameScript: script(partner) === script(name) } : null;
    const familyNames = familyNamesOf(random, plan, name, cultureOf(plan), wedding);
    const moves = adultMoves(random, family, plan);
    return { plan, birthName: name, familyNames, initial: homeOr(plan.origin), moves };
  };
  const members = [adult(head, headName, spouseName ?? outsideName)];
  if (spouse !== null) members.push(adult(spouse, spouseName!, headName));
  const children = others.filter((member) => member.role === 'child');
  const parents = [...members];
  for (const child of children) members.push(nameChild(random, child, parents));
  return members;
}

/** The head moves as planned; a spouse may follow later; natives of a mixed couple have always been here. */
function adultMoves(random: RandomStream, family: Family, plan: MemberPlan): readonly Move[] {
  const later = random.chance(DEMOGRAPHY.reunificationShare);
  const delay = random.between(180, 3 * 365);
  if (family.plan.kind === 'mixed' && plan.origin === null) return [];
  return plan.role === 'spouse' && later && family.plan.kind === 'migrant'
    ? followLater(family.moves, delay) : family.moves;
}

function nameChild(random: RandomStream, plan: MemberPlan, parents: readonly Member[]): Member {
  const father = parents.find((parent) => parent.plan.sex === 'M') ?? null;
  const mother = parents.find((parent) => parent.plan.sex === 'F') ?? parents[0];
  const culture = cultureOf(plan);
  const birthName = childName(nameCulture(culture), father?.birthName ?? null, mother.birthName);
  const parts = borneName(random, birthName, plan.sex, culture);
  return {
    plan, birthName, familyNames: [{ from: plan.birth, parts }], initial: mother.initial, moves: mother.moves,
  };
}

function tellLife(
  random: RandomStream, family: Family, member: Member, number: number, relatives: readonly Person[],
): Person {
  const { plan } = member;
  const culture = cultureOf(plan);
  const death = family.plan.kind === 'visitors' ? null : drawDeath(random, plan.birth);
  const spells = spellsFrom(member.initial, member.moves, plan.birth, death);
  const givenNames = drawDistinctGivenNames(random, culture, plan, relatives);
  const unknownShare = plan.origin?.unknownBirthdayShare ?? 0;
  const naturalised = naturalisationOf(family, plan, spells[0].country, member.moves, death);
  const trips = family.plan.kind === 'visitors' ? visits(random, spells)
    : residentTrips(random, spells, plan.origin === null
      ? DEMOGRAPHY.nativeTravellerShare : DEMOGRAPHY.migrantTravellerShare,
    plan.origin?.country ?? random.pick(COUNTRIES_ABROAD));
  return {
    number,
    household: family.number,
    sex: plan.sex,
    birth: plan.birth,
    death,
    countryOfBirth: spells[0].country,
    culture,
    originCountry: homeOr(plan.origin),
    birthdayUnknown: random.chance(unknownShare) && spells[0].country !== HOME_COUNTRY,
    givenNames,
    familyNames: member.familyNames.filter((name) => death === null || name.from < death),
    citizenships: citizenshipsOf(random, family, plan, naturalised),
    naturalised,
    spells,
    trips,
    addresses: family.addresses,
  };
}

/** Brothers and sisters do not share a first given name. */
function drawDistinctGivenNames(
  random: RandomStream, culture: Person['culture'], plan: MemberPlan, relatives: readonly Person[],
): string[] {
  let names = drawGivenNames(random, culture, plan.sex);
  const taken = relatives.filter((relative) => plan.role === 'child' && relative.birth > addYears(plan.birth, -18))
    .map((relative) => relative.givenNames[0]);
  for (let attempt = 0; attempt < 20 && taken.includes(names[0]); attempt++) {
    names = drawGivenNames(random, culture, plan.sex);
  }
  return names;
}

function naturalisationOf(
  family: Family, plan: MemberPlan, bornIn: string, moves: readonly Move[], death: Day | null,
): Day | null {
  const day = family.naturalised;
  if (day === null || plan.origin === null || (death !== null && day >= death)) return null;
  // Children born after the parents' naturalisation are citizens by birth.
  if (plan.birth > day) return null;
  return countryAt(bornIn, moves, day) === HOME_COUNTRY ? day : null;
}

function citizenshipsOf(
  random: RandomStream, family: Family, plan: MemberPlan, naturalised: Day | null,
): CitizenshipPeriod[] {
  const second = random.chance(0.4);
  const from = plan.birth;
  const home = { country: HOME_COUNTRY, from, until: null };
  const foreign = family.plan.origin === null ? null
    : { country: family.plan.origin.country, from, until: null };
  if (plan.origin === null) return family.plan.kind === 'mixed' && plan.role === 'child' && second ? [home, foreign!] : [home];
  const bornCitizen = family.naturalised !== null && plan.role === 'child' && plan.birth > family.naturalised;
  if (bornCitizen) return family.dual ? [home, foreign!] : [home];
  if (naturalised === null) return [foreign!];
  return [{ ...foreign!, until: family.dual ? null : naturalised }, { ...home, from: naturalised }];
}
