import { ageAt, addYears, type Day } from './calendar.js';
import { HOME_COUNTRY } from './origins.js';
import type { Move, Spell } from './person.js';
import type { RandomStream } from './random.js';
import { DEMOGRAPHY, REFERENCE_DATE, WINDOW_START } from './settings.js';

const YEARS_IN_WINDOW = 7;
const YEAR = 365;

/** Moves of a native family: most stay, some leave inside the window, some of those come back. */
export function nativeMoves(random: RandomStream, destinations: readonly string[]): Move[] {
  const moves: Move[] = [];
  for (let year = 0; year < YEARS_IN_WINDOW; year++) {
    const leaves = random.chance(DEMOGRAPHY.nativeLeaving);
    if (!leaves || moves.length > 0) continue;
    const day = WINDOW_START + year * YEAR + random.below(YEAR);
    moves.push({ day, country: random.pick(destinations) });
    const back = day + random.between(150, 4 * YEAR);
    if (random.chance(DEMOGRAPHY.nativeReturnShare)) moves.push({ day: back, country: HOME_COUNTRY });
  }
  return moves.filter((move) => move.day <= REFERENCE_DATE);
}

/**
 * Moves of a migrant: arrives, and leaves with the yearly chance of the length of stay. Those who came
 * before the window are the ones who stayed until it began.
 */
export function migrantMoves(random: RandomStream, arrival: Day, shortStay: boolean, origin: string): Move[] {
  const moves: Move[] = [{ day: arrival, country: HOME_COUNTRY }];
  let departure = shortStay ? arrival + random.between(61, 334) : null;
  const chances = DEMOGRAPHY.leavingByYearOfStay;
  for (let year = 0; departure === null && arrival + year * YEAR <= REFERENCE_DATE; year++) {
    const day = arrival + year * YEAR + random.below(YEAR);
    const leaves = random.chance(chances[Math.min(year, chances.length - 1)]);
    if (leaves && day >= WINDOW_START && day > arrival + 60) departure = day;
  }
  if (departure === null) return moves;
  moves.push({ day: departure, country: origin });
  const back = departure + random.between(90, 2 * YEAR);
  if (random.chance(DEMOGRAPHY.migrantReturnShare)) moves.push({ day: back, country: HOME_COUNTRY });
  return moves.filter((move) => move.day <= REFERENCE_DATE);
}

/** The same moves with a later first arrival; unchanged where the family had left again by then. */
export function followLater(moves: readonly Move[], delay: number): Move[] {
  const [first, ...rest] = moves;
  if (first === undefined) return [];
  const day = first.day + delay;
  if (day > REFERENCE_DATE) return [];
  return rest.length > 0 && rest[0].day <= day + 60 ? [...moves] : [{ ...first, day }, ...rest];
}

/** Country of residence on a day. */
export function countryAt(initial: string, moves: readonly Move[], day: Day): string {
  let country = initial;
  for (const move of moves) if (move.day <= day) country = move.country;
  return country;
}

/**
 * Spells from birth to death or the reference date; a move into the country one lives in already is no
 * move.
 */
export function spellsFrom(initial: string, moves: readonly Move[], birth: Day, death: Day | null): Spell[] {
  const spells: Spell[] = [];
  let country = countryAt(initial, moves, birth);
  let from = birth;
  for (const move of moves) {
    if (move.day <= birth || move.country === country || (death !== null && move.day >= death)) continue;
    spells.push({ country, from, until: move.day });
    country = move.country;
    from = move.day;
  }
  spells.push({ country, from, until: death });
  return spells;
}

/** Yearly chances of death by age: a coarse European life table. */
const MORTALITY: readonly (readonly [number, number])[] = [
  [1, 0.003], [35, 0.0004], [50, 0.0015], [60, 0.005], [70, 0.012], [80, 0.03], [90, 0.09], [200, 0.22],
];

/** Day of death inside the window, or null. */
export function drawDeath(random: RandomStream, birth: Day): Day | null {
  for (let year = 0; year < YEARS_IN_WINDOW; year++) {
    const start = WINDOW_START + year * YEAR;
    const day = Math.max(start, birth + 1) + random.below(YEAR);
    const chance = MORTALITY.find(([age]) => ageAt(birth, start) < age)![1];
    if (random.chance(chance) && start + YEAR > birth && day <= REFERENCE_DATE) return day;
  }
  return null;
}

/** Day on which a migrant family takes the country's citizenship, or null. */
export function drawNaturalisation(random: RandomStream, moves: readonly Move[]): Day | null {
  const arrival = moves[0];
  const departure = moves[1]?.day ?? REFERENCE_DATE + 1;
  if (arrival === undefined) return null;
  for (let day = addYears(arrival.day, 6); day < departure; day += YEAR) {
    const drawn = day + random.below(YEAR);
    const naturalised = random.chance(DEMOGRAPHY.naturalisation);
    if (naturalised && drawn < departure && drawn <= REFERENCE_DATE) return drawn;
  }
  return null;
}
