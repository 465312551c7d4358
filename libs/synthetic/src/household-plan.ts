import { addYears, civilOf, dayOf, type Day } from './calendar.js';
import { nameCulture, type NameCultureId, type Sex } from './name-cultures.js';
import { HOME_COUNTRY, ORIGINS, type Origin } from './origins.js';
import type { RandomStream } from './random.js';
import { DEMOGRAPHY, REFERENCE_DATE, WINDOW_START } from './settings.js';

export type HouseholdKind = 'native' | 'mixed' | 'migrant' | 'visitors';
const KINDS: readonly HouseholdKind[] = ['native', 'mixed', 'migrant', 'visitors'];

/** Who belongs to the family, before names and histories. */
export interface MemberPlan {
  readonly role: 'head' | 'spouse' | 'child';
  readonly sex: Sex;
  readonly birth: Day;
  readonly origin: Origin | null;
}

export interface HouseholdPlan {
  readonly kind: HouseholdKind;
  /** Of the migrants or visitors in it; null in a native household. */
  readonly origin: Origin | null;
  /** First arrival of the migrants. */
  readonly arrival: Day;
  readonly shortStay: boolean;
  /** Head, spouse, children by age. */
  readonly members: readonly MemberPlan[];
}

/** Weighted pairs: [weight, first, second]. */
type Bands = readonly (readonly [number, number, number])[];

/** Shares of households by adults and children: [weight, adults, children]. */
const NATIVE_SHAPES: Bands = [
  [38, 1, 0], [28, 2, 0], [10, 2, 1], [13, 2, 2], [4, 2, 3], [5, 1, 1], [2, 1, 2],
];
const MIGRANT_SHAPES: Bands = [
  [44, 1, 0], [14, 2, 0], [12, 2, 1], [13, 2, 2], [8, 2, 3], [5, 1, 1], [4, 1, 2],
];
const VISITOR_SHAPES: Bands = [[75, 1, 0], [20, 2, 0], [5, 2, 1]];

/** Weights of ages 18-29, 30-44, 45-59, 60-74, 75-97 of heads at the start of the window. */
const NATIVE_AGES: Bands = [[17, 18, 29], [24, 30, 44], [27, 45, 59], [20, 60, 74], [12, 75, 97]];
const PARENT_AGES: Bands = [[15, 24, 31], [55, 32, 42], [30, 43, 52]];
const ARRIVAL_AGES: Bands = [[45, 18, 27], [35, 28, 36], [15, 37, 50], [5, 51, 72]];
const PARENT_ARRIVAL_AGES: Bands = [[40, 22, 29], [45, 30, 38], [15, 39, 48]];

function drawBand(random: RandomStream, bands: Bands): readonly [number, number, number] {
  return bands[random.weighted(bands.map((band) => band[0]))];
}

/** A day on which somebody of a drawn age at `at` was born. */
function birthForAge(random: RandomStream, bands: Bands, at: Day): Day {
  const [, youngest, oldest] = drawBand(random, bands);
  return at - random.between(Math.round(youngest * 365.2425), Math.round((oldest + 1) * 365.2425) - 1);
}

function drawArrival(random: RandomStream, origin: Origin, settled: boolean): Day {
  if (settled) {
    // Most of those still here came lately: the larger of two uniform draws.
    const span = WINDOW_START - dayOf(1985, 1, 1);
    return dayOf(1985, 1, 1) + Math.max(random.below(span), random.below(span));
  }
  const surge = origin.surge;
  if (surge !== undefined && random.chance(surge.share)) {
    const [from, until] = [surge.from, surge.until].map((month) => {
      const [year, number] = month.split('-').map(Number);
      return dayOf(year, number, 1);
    });
    return random.between(from, until);
  }
  return random.between(WINDOW_START, REFERENCE_DATE - 1);
}

/** Draws the family of one household; every draw comes from the household's own stream. */
export function planHousehold(random: RandomStream): HouseholdPlan {
  const kind = KINDS[random.weighted(DEMOGRAPHY.householdKinds)];
  const origin = ORIGINS[random.weighted(ORIGINS.map((candidate) => candidate.share))];
  const settled = random.chance(DEMOGRAPHY.settledShare);
  const arrival = drawArrival(random, origin, settled);
  const shortStay = random.chance(DEMOGRAPHY.shortStayShare) && !settled && kind === 'migrant';
  const shapes = kind === 'migrant' ? MIGRANT_SHAPES : kind === 'visitors' ? VISITOR_SHAPES : NATIVE_SHAPES;
  let [, adults, children] = drawBand(random, shapes);
  if (kind === 'mixed') adults = 2;
  if (shortStay) [adults, children] = [1, 0];
  const headBirth = drawHeadBirth(random, kind, children, arrival);
  const headSex: Sex = random.chance(kind === 'migrant' ? 0.62 : 0.5) ? 'M' : 'F';
  const members: MemberPlan[] = [{
    role: 'head', sex: headSex, birth: headBirth, origin: kind === 'migrant' || kind === 'visitors' ? origin : null,
  }];
  if (adults === 2) members.push(drawSpouse(random, kind, origin, members[0]));
  members.push(...drawChildren(random, kind, origin, members, children));
  return { kind, origin: kind === 'native' ? null : origin, arrival, shortStay, members };
}

function drawHeadBirth(random: RandomStream, kind: HouseholdKind, children: number, arrival: Day): Day {
  if (kind === 'native' || kind === 'mixed') {
    return birthForAge(random, children > 0 || kind === 'mixed' ? PARENT_AGES : NATIVE_AGES, WINDOW_START);
  }
  const at = kind === 'visitors' ? WINDOW_START + addYears(0, 3) : arrival;
  return birthForAge(random, children > 0 ? PARENT_ARRIVAL_AGES : ARRIVAL_AGES, at);
}

function drawSpouse(random: RandomStream, kind: HouseholdKind, origin: Origin, head: MemberPlan): MemberPlan {
  const same = random.chance(DEMOGRAPHY.sameSexShare);
  const difference = random.between(-4 * 365, 5 * 365);
  const sex: Sex = same ? head.sex : head.sex === 'M' ? 'F' : 'M';
  const older = head.sex === 'F' ? -difference : difference;
  return { role: 'spouse', sex, birth: head.birth + older, origin: kind === 'native' ? null : origin };
}

function drawChildren(
  random: RandomStream, kind: HouseholdKind, origin: Origin, adults: readonly MemberPlan[], wanted: number,
): MemberPlan[] {
  const mother = adults.find((adult) => adult.sex === 'F') ?? adults[0];
  const first = Math.max(addYears(mother.birth, 20), addYears(WINDOW_START, -24));
  const last = Math.min(addYears(mother.birth, 43), REFERENCE_DATE - 30);
  const children: MemberPlan[] = [];
  for (let i = 0; i < wanted && first < last; i++) {
    const previous = children[children.length - 1];
    const twin = random.chance(DEMOGRAPHY.twinShare);
    const drawn = random.between(first, last);
    const sex: Sex = random.chance(0.512) ? 'M' : 'F';
    const birth = twin && previous !== undefined ? previous.birth : apart(drawn, children);
    children.push({ role: 'child', sex, birth, origin: kind === 'native' || kind === 'mixed' ? null : origin });
  }
  return children.filter((child) => child.birth <= REFERENCE_DATE - 1).sort((a, b) => a.birth - b.birth);
}

/** Brothers and sisters who are no twins are at least ten months apart. */
function apart(birth: Day, children: readonly MemberPlan[]): Day {
  let day = birth;
  for (const child of [...children].sort((a, b) => a.birth - b.birth)) {
    if (Math.abs(day - child.birth) < 300) day = child.birth + 300 + (day & 63);
  }
  return day;
}

/** Culture that names the member: of the origin, or the native one. */
export function cultureOf(member: MemberPlan): NameCultureId {
  return member.origin === null ? 'german' : member.origin.culture;
}

/** Two given names, or one, from the culture's table. */
export function drawGivenNames(random: RandomStream, culture: NameCultureId, sex: Sex): string[] {
  const table = nameCulture(culture).given[sex];
  const first = table.draw(random);
  const second = table.draw(random);
  return random.chance(nameCulture(culture).secondGivenShare) && second !== first ? [first, second] : [first];
}

export const homeOr = (origin: Origin | null): string => origin?.country ?? HOME_COUNTRY;
export const yearOf = (day: Day): number => civilOf(day).year;
