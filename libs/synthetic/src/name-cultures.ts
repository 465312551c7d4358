import { allLocales, type LocaleDefinition } from '@faker-js/faker';
import { FrequencyTable, headAndTailTable, ranked, zipfTable } from './frequency-table.js';
import { ARABIC_GIVEN, PERSIAN_GIVEN } from './romanised-vocabulary.js';
import { GROWN_SURNAMES } from './surname-vocabulary.js';

export type Sex = 'F' | 'M';
export type NameCultureId =
  | 'german' | 'ukrainian' | 'russian' | 'greek' | 'turkish' | 'polish' | 'romanian' | 'serbian' | 'spanish'
  | 'portuguese' | 'italian' | 'english' | 'vietnamese' | 'indian' | 'nigerian' | 'arabic' | 'maghrebi' | 'persian';
export type Script = 'latin' | 'cyrillic' | 'greek' | 'romanised-arabic' | 'french-arabic';

/** How the people of one origin are named. */
export interface NameCulture {
  readonly id: NameCultureId;
  readonly script: Script;
  readonly given: Readonly<Record<Sex, FrequencyTable>>;
  /** Surnames; the masculine form where there are two. */
  readonly family: FrequencyTable;
  /** Share of people with a second given name. */
  readonly secondGivenShare: number;
  /** Everybody has two surnames: of father and mother (`spanish`), of mother and father (`portuguese`). */
  readonly surnames: 'one' | 'spanish' | 'portuguese';
  /** Share of married women who keep their name. */
  readonly keepsNameShare: number;
}

interface Recipe {
  readonly script?: Script;
  readonly locales?: readonly string[];
  readonly grown?: readonly string[];
  readonly given?: Readonly<Record<Sex, readonly string[]>>;
  readonly secondGivenShare: number;
  readonly keepsNameShare: number;
  readonly surnames?: NameCulture['surnames'];
  readonly keep?: RegExp;
}

const RECIPES: Readonly<Record<NameCultureId, Recipe>> = {
  german: { locales: ['de', 'de_AT', 'de_CH'], grown: GROWN_SURNAMES.german, secondGivenShare: 0.35, keepsNameShare: 0.25 },
  ukrainian: {
    script: 'cyrillic', locales: ['uk'], grown: GROWN_SURNAMES.ukrainian, secondGivenShare: 0, keepsNameShare: 0.3,
    keep: /[^ая]$/u,
  },
  russian: {
    script: 'cyrillic', locales: ['ru'], grown: GROWN_SURNAMES.russian, secondGivenShare: 0, keepsNameShare: 0.3,
    keep: /[^ая]$/u,
  },
  greek: {
    script: 'greek', locales: ['el'], grown: GROWN_SURNAMES.greek, secondGivenShare: 0.1, keepsNameShare: 0.8,
    keep: /ς$/u,
  },
  turkish: { locales: ['tr'], grown: GROWN_SURNAMES.turkish, secondGivenShare: 0.15, keepsNameShare: 0.15 },
  polish: { locales: ['pl'], grown: GROWN_SURNAMES.polish, secondGivenShare: 0.5, keepsNameShare: 0.2 },
  romanian: { locales: ['ro'], grown: GROWN_SURNAMES.romanian, secondGivenShare: 0.4, keepsNameShare: 0.2 },
  serbian: { locales: ['sr_RS_latin'], grown: GROWN_SURNAMES.serbian, secondGivenShare: 0, keepsNameShare: 0.25 },
  spanish: { locales: ['es', 'es_MX'], secondGivenShare: 0.45, keepsNameShare: 1, surnames: 'spanish' },
  portuguese: { locales: ['pt_PT', 'pt_BR'], secondGivenShare: 0.5, keepsNameShare: 0.6, surnames: 'portuguese' },
  italian: { locales: ['it'], grown: GROWN_SURNAMES.italian, secondGivenShare: 0.15, keepsNameShare: 0.95 },
  english: { locales: ['en'], grown: GROWN_SURNAMES.english, secondGivenShare: 0.75, keepsNameShare: 0.3 },
  vietnamese: { locales: ['vi'], secondGivenShare: 0, keepsNameShare: 1 },
  indian: { locales: ['en_IN'], grown: GROWN_SURNAMES.indian, secondGivenShare: 0.2, keepsNameShare: 0.3 },
  nigerian: {
    locales: ['en_NG', 'yo_NG'], grown: GROWN_SURNAMES.nigerian, secondGivenShare: 0.6, keepsNameShare: 0.3,
  },
  arabic: {
    script: 'romanised-arabic', given: ARABIC_GIVEN, grown: GROWN_SURNAMES.arabic,
    secondGivenShare: 0.15, keepsNameShare: 1,
  },
  maghrebi: {
    script: 'french-arabic', given: ARABIC_GIVEN, grown: GROWN_SURNAMES.maghrebi,
    secondGivenShare: 0.1, keepsNameShare: 0.9,
  },
  persian: {
    script: 'romanised-arabic', given: PERSIAN_GIVEN,
    grown: GROWN_SURNAMES.persian,
    secondGivenShare: 0.25, keepsNameShare: 0.8,
  },
};

/**
 * Offsets of the Zipf-Mandelbrot law: the commonest given name near 2 %, the commonest surname near 0.5 %.
 */
const GIVEN_OFFSET = 9;
const FAMILY_OFFSET = 20;
/** Share of people whose surname is one of the many rare ones. */
const RARE_SURNAME_SHARE = 0.55;

type SexedNames = Readonly<Partial<Record<'generic' | 'female' | 'male', readonly string[]>>>;

function localeNames(locales: readonly string[], field: 'first_name' | 'last_name', sex: Sex): string[] {
  return locales.flatMap((locale) => {
    const definition = (allLocales as unknown as Readonly<Record<string, LocaleDefinition>>)[locale];
    const names = definition?.person?.[field] as SexedNames | undefined;
    return [...(names?.generic ?? []), ...((sex === 'F' ? names?.female : names?.male) ?? [])];
  });
}

function build(id: NameCultureId): NameCulture {
  const recipe = RECIPES[id];
  const locales = recipe.locales ?? [];
  const givenOf = (sex: Sex): FrequencyTable =>
    zipfTable(ranked([...(recipe.given?.[sex] ?? []), ...localeNames(locales, 'first_name', sex)]), GIVEN_OFFSET);
  const family = localeNames(locales, 'last_name', 'M').filter((name) => recipe.keep?.test(name) ?? true);
  const grown = ranked((recipe.grown ?? []).filter((name) => recipe.keep?.test(name) ?? true));
  // Vietnamese surnames really are few, and a fifth of the people share the first.
  const offset = id === 'vietnamese' ? 1 : FAMILY_OFFSET;
  return {
    id,
    script: recipe.script ?? 'latin',
    given: { F: givenOf('F'), M: givenOf('M') },
    family: family.length === 0 ? zipfTable(grown, FAMILY_OFFSET)
      : headAndTailTable(ranked(family), offset, grown, RARE_SURNAME_SHARE),
    secondGivenShare: recipe.secondGivenShare,
    surnames: recipe.surnames ?? 'one',
    keepsNameShare: recipe.keepsNameShare,
  };
}

const built = new Map<NameCultureId, NameCulture>();

/** The culture with this id; its tables are built once. */
export function nameCulture(id: NameCultureId): NameCulture {
  let culture = built.get(id);
  if (culture === undefined) built.set(id, culture = build(id));
  return culture;
}

/** The feminine form of a surname in languages that have one; any other surname as it is. */
export function surnameFor(culture: NameCultureId, surname: string, sex: Sex): string {
  if (sex === 'M') return surname;
  const rules = FEMININE[culture];
  if (rules === undefined) return surname;
  const rule = rules.find(([ending]) => surname.endsWith(ending));
  return rule === undefined ? surname : surname.slice(0, surname.length - rule[0].length) + rule[1];
}

const FEMININE: Partial<Readonly<Record<NameCultureId, readonly (readonly [string, string])[]>>> = {
  russian: [['ский', 'ская'], ['цкий', 'цкая'], ['ов', 'ова'], ['ев', 'ева'], ['ёв', 'ёва'], ['ин', 'ина']],
  ukrainian: [['ський', 'ська'], ['цький', 'цька']],
  polish: [['ski', 'ska'], ['cki', 'cka'], ['dzki', 'dzka']],
  greek: [['όπουλος', 'οπούλου'], ['ος', 'ου'], ['ης', 'η'], ['ας', 'α']],
};
