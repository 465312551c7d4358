import { addYears, type Day } from './calendar.js';
import type { MemberPlan } from './household-plan.js';
import { nameCulture, surnameFor, type NameCulture, type NameCultureId, type Sex } from './name-cultures.js';
import type { FamilyNamePeriod } from './person.js';
import type { RandomStream } from './random.js';
import { romanise } from './romanisation.js';
import { DEMOGRAPHY, REFERENCE_DATE, WINDOW_START } from './settings.js';

/** A birth name before it is bent to a sex: the masculine parts. */
export interface BirthName {
  readonly culture: NameCultureId;
  readonly parts: readonly string[];
}

export function drawBirthName(random: RandomStream, culture: NameCultureId): BirthName {
  const { family, surnames } = nameCulture(culture);
  const first = family.draw(random);
  const second = family.draw(random);
  return { culture, parts: surnames === 'one' ? [first] : [first, second] };
}

/** The name as its bearer of this sex writes it, in the script of `as`. */
export function borneName(random: RandomStream, name: BirthName, sex: Sex, as: NameCultureId): string[] {
  const source = nameCulture(name.culture);
  return name.parts.map((part) => {
    const bent = surnameFor(name.culture, part, sex);
    if (source.script === nameCulture(as).script) return bent;
    // A name that crosses into a family of another script goes by the passport.
    return romanise(bent, source.id, source.script, 'passport', false, random);
  });
}

/** What a child is called: by the custom of its parents' language. */
export function childName(
  culture: NameCulture, father: BirthName | null, mother: BirthName | null,
): BirthName {
  const line = father ?? mother!;
  if (father === null || mother === null || culture.surnames === 'one') return line;
  const last = (name: BirthName): string => name.parts[name.parts.length - 1];
  return culture.surnames === 'spanish'
    ? { culture: culture.id, parts: [father.parts[0], mother.parts[0]] }
    : { culture: culture.id, parts: [last(mother), last(father)] };
}

/** Day of marriage of a couple, inside the window or before it. */
export function drawMarriage(random: RandomStream, younger: Day): Day {
  const inWindow = random.chance(DEMOGRAPHY.marriageInWindowShare);
  const earliest = addYears(younger, 19);
  const from = inWindow ? Math.max(WINDOW_START, earliest) : earliest;
  const until = inWindow ? REFERENCE_DATE
    : Math.max(earliest + 1, Math.min(WINDOW_START - 1, addYears(younger, 36)));
  return from >= until ? from : random.between(from, until);
}

export interface Marriage {
  readonly day: Day;
  /** Name of the partner, and whether theirs is written in another script. */
  readonly partner: BirthName;
  readonly sameScript: boolean;
}

/**
 * The family names of somebody over a life. Who changes the name at marriage takes the partner's, or (in
 * languages with one surname) now and then joins both with a hyphen.
 */
export function familyNamesOf(
  random: RandomStream, member: MemberPlan, name: BirthName, as: NameCultureId, marriage: Marriage | null,
): FamilyNamePeriod[] {
  const culture = nameCulture(as);
  const birthName: FamilyNamePeriod = { from: member.birth, parts: borneName(random, name, member.sex, as) };
  const keeps = random.chance(culture.keepsNameShare);
  const doubles = random.chance(DEMOGRAPHY.doubleNameShare);
  if (marriage === null || keeps || marriage.day > REFERENCE_DATE || culture.surnames !== 'one') return [birthName];
  // A registrar does not write a foreign script: a partner from another one keeps the name.
  if (!marriage.sameScript && culture.script !== 'latin') return [birthName];
  const taken = borneName(random, marriage.partner, member.sex, as);
  const parts = doubles && culture.script === 'latin' ? [`${taken.join(' ')}-${birthName.parts.join(' ')}`] : taken;
  return [birthName, { from: marriage.day, parts }];
}
