import { HOME_COUNTRY } from './origins.js';
import type { Spell, Trip } from './person.js';
import type { RandomStream } from './random.js';
import { DEMOGRAPHY, REFERENCE_DATE, WINDOW_START } from './settings.js';

/** Journeys of a resident: out of the country and back, inside one spell there. */
export function residentTrips(
  random: RandomStream, spells: readonly Spell[], share: number, to: string,
): Trip[] {
  const travels = random.chance(share);
  const count = random.between(1, 3);
  if (!travels) return [];
  const trips: Trip[] = [];
  for (const spell of spells.filter((candidate) => candidate.country === HOME_COUNTRY)) {
    addTrips(random, trips, spell, count, to, DEMOGRAPHY.tripDays);
  }
  return trips;
}

/**
 * Visits of somebody who lives elsewhere: `out` is the day of arrival in the country, `back` the way home.
 */
export function visits(random: RandomStream, spells: readonly Spell[]): Trip[] {
  const trips: Trip[] = [];
  const count = 1 + random.weighted([60, 25, 15]);
  for (const spell of spells) addTrips(random, trips, spell, count, spell.country, DEMOGRAPHY.visitDays);
  return trips;
}

function addTrips(
  random: RandomStream, trips: Trip[], spell: Spell, count: number, country: string,
  days: readonly [number, number],
): void {
  const first = Math.max(spell.from + 5, WINDOW_START);
  const last = Math.min((spell.until ?? REFERENCE_DATE + 1) - 1, REFERENCE_DATE);
  if (last - first < 2 * days[1] * count) return;
  // Equal slots keep journeys apart without drawing again.
  const slot = Math.floor((last - first) / count);
  for (let i = 0; i < count; i++) {
    const length = random.between(days[0], days[1]);
    const out = first + i * slot + random.below(slot - length);
    trips.push({ country, out, back: out + length });
  }
}
