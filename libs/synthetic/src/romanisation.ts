import type { NameCultureId, Script } from './name-cultures.js';
import type { RandomStream } from './random.js';

/**
 * Which table turned the name into Latin letters.
 * `passport`: the issuing state's present one; `earlier-passport`: the one before it, or by way of another
 * language;
 * `local`: what a registrar of the synthetic country makes of a foreign certificate.
 */
export type Romanisation = 'passport' | 'earlier-passport' | 'local';

/** A letter of the text can stand for several Latin letters; `initial` is its form at the start of a word. */
interface Letters {
  readonly any: Readonly<Record<string, string>>;
  readonly initial?: Readonly<Record<string, string>>;
  /** Applied before letter by letter. */
  readonly clusters?: readonly (readonly [RegExp, string])[];
}

const SLAVIC = {
  а: 'a', б: 'b', в: 'v', д: 'd', з: 'z', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't',
  у: 'u', ф: 'f', ь: '', '’': '', "'": '',
};

/** Ukraine, Cabinet of Ministers resolution 55 of 27 January 2010. */
const UKRAINIAN: Letters = {
  any: {
    ...SLAVIC, г: 'h', ґ: 'g', е: 'e', є: 'ie', ж: 'zh', и: 'y', і: 'i', ї: 'i', й: 'i', х: 'kh', ц: 'ts', ч: 'ch',
    ш: 'sh', щ: 'shch', ю: 'iu', я: 'ia',
  },
  initial: { є: 'ye', ї: 'yi', й: 'y', ю: 'yu', я: 'ya' },
  clusters: [[/зг/gu, 'zgh']],
};

/** Ukrainian names as passports wrote them by way of Russian. */
const UKRAINIAN_BY_RUSSIAN: Letters = {
  any: {
    ...SLAVIC, г: 'g', ґ: 'g', е: 'e', є: 'e', ж: 'zh', и: 'i', і: 'i', ї: 'i', й: 'y', х: 'kh', ц: 'ts', ч: 'ch',
    ш: 'sh', щ: 'shch', ю: 'yu', я: 'ya',
  },
};

/** Russian Federation since 2013: ICAO Doc 9303 part 3, section 6 B. */
const RUSSIAN: Letters = {
  any: {
    ...SLAVIC, г: 'g', е: 'e', ё: 'e', ж: 'zh', и: 'i', й: 'i', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch',
    ъ: 'ie', ы: 'y', э: 'e', ю: 'iu', я: 'ia',
  },
};

/** Russian passports of 1997 to 2010 (Ministry of the Interior order 310), shortened. */
const RUSSIAN_EARLIER: Letters = {
  any: { ...RUSSIAN.any, ё: 'ye', й: 'y', ц: 'ts', ъ: '', ю: 'yu', я: 'ya' },
};

/** German newspapers' and registrars' transcription (Duden). */
const CYRILLIC_LOCAL: Letters = {
  any: {
    ...SLAVIC, в: 'w', г: 'g', ґ: 'g', е: 'e', ё: 'jo', є: 'je', ж: 'sch', з: 's', и: 'i', і: 'i', ї: 'ji', й: 'j',
    х: 'ch', ц: 'z', ч: 'tsch', ш: 'sch', щ: 'schtsch', ъ: '', ы: 'y', э: 'e', ю: 'ju', я: 'ja',
  },
  clusters: [[/ий(?=\s|$)/gu, 'y']],
};

const GREEK_LETTERS = {
  α: 'a', β: 'v', γ: 'g', δ: 'd', ε: 'e', ζ: 'z', η: 'i', θ: 'th', ι: 'i', κ: 'k', λ: 'l', μ: 'm', ν: 'n', ξ: 'x',
  ο: 'o', π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', χ: 'ch', ψ: 'ps', ω: 'o',
};

/** ELOT 743 (ISO 843, type 2), which Greek passports use. */
const GREEK: Letters = {
  any: GREEK_LETTERS,
  clusters: [
    [/ου/gu, 'ou'], [/γγ/gu, 'ng'], [/γξ/gu, 'nx'], [/γχ/gu, 'nch'], [/([αεη])υ(?=[βγδζλμνραεηιουω])/gu, '$1v'],
    [/([αεη])υ(?=[θκξπσςτφχψ]|$)/gu, '$1f'], [/(^|\s)μπ/gu, '$1b'],
  ],
};
const GREEK_EARLIER: Letters = { any: { ...GREEK_LETTERS, χ: 'h', υ: 'i', φ: 'ph' }, clusters: GREEK.clusters ?? [] };

function tableOf(culture: NameCultureId, script: Script, system: Romanisation): Letters {
  if (script === 'greek') return system === 'earlier-passport' ? GREEK_EARLIER : GREEK;
  if (system === 'local') return CYRILLIC_LOCAL;
  if (culture === 'ukrainian') return system === 'passport' ? UKRAINIAN : UKRAINIAN_BY_RUSSIAN;
  return system === 'passport' ? RUSSIAN : RUSSIAN_EARLIER;
}

const capitalised = (word: string): string => (word === '' ? '' : word[0].toUpperCase() + word.slice(1));

function romaniseWord(word: string, letters: Letters): string {
  let text = word.toLowerCase();
  if (/\p{Script=Greek}/u.test(text)) text = text.normalize('NFD').replace(/\p{M}/gu, '');
  for (const [pattern, replacement] of letters.clusters ?? []) text = text.replace(pattern, replacement);
  let result = '';
  for (const letter of text) {
    const initial = result === '' ? letters.initial?.[letter] : undefined;
    result += initial ?? letters.any[letter] ?? letter;
  }
  return capitalised(result);
}

type Respelling = readonly [RegExp, string];

/** Spellings that states and clerks give to the same Arabic and Persian sounds. */
const ENGLISH_HABIT: readonly Respelling[] = [
  [/Muhammad/u, 'Mohammad'], [/Muhammad/u, 'Mohammed'], [/Muhammad/u, 'Mohamed'], [/Husayn/u, 'Hussein'],
  [/Yusuf/u, 'Yousef'], [/ay(?=[^aeiou]|$)/u, 'ai'], [/aw(?=[^aeiou]|$)/u, 'au'], [/Q|q/u, 'k'], [/^Al[- ]/u, 'Al'],
  [/^Al[- ]/u, 'El '], [/i$/u, 'y'], [/ou/u, 'u'], [/u(?=[^aeiou])/u, 'o'], [/iya$/u, 'ia'], [/a$/u, 'ah'],
  [/w(?=[aei])/u, 'v'], [/aa|Aa/u, 'a'], [/ss/u, 's'], [/z/u, 's'], [/([aeiou])s([aeiou])/u, '$1ss$2'], [/ee/u, 'i'],
];
/** The French habit of the Maghreb, applied to every name of a Moroccan document. */
const FRENCH_HABIT: readonly Respelling[] = [
  [/Muhammad/gu, 'Mohamed'], [/Husayn/gu, 'Houssine'], [/sh/gu, 'ch'], [/Sh/gu, 'Ch'], [/u(?!l?$)/gu, 'ou'],
  [/w(?=[aeiou])/gu, 'ou'], [/W(?=[aeiou])/gu, 'Ou'], [/ay/gu, 'ai'],
];

function respell(text: string, habits: readonly Respelling[], random: RandomStream, share: number): string {
  let result = text;
  // One pass over a random start, so that no habit always wins over those after it.
  const start = random.below(habits.length);
  for (let i = 0; i < habits.length; i++) {
    const [pattern, replacement] = habits[(start + i) % habits.length];
    if (random.chance(share)) result = result.replace(pattern, replacement);
  }
  return capitalised(result);
}

/** Chance that one habit of spelling is applied where a document departs from the base spelling. */
const HABIT_SHARE = 0.12;

/**
 * A name in Latin letters, diacritics kept.
 *
 * @param varied for Arabic and Persian names: whether this document's clerk spells by ear (draws from
 *   `random`) or follows the base spelling. Names of other scripts follow the table of `system` and draw
 *   nothing.
 */
export function romanise(
  text: string, culture: NameCultureId, script: Script, system: Romanisation, varied: boolean,
  random: RandomStream,
): string {
  if (script === 'latin') return text;
  if (script === 'romanised-arabic' || script === 'french-arabic') {
    const base = script === 'french-arabic'
      ? capitalised(FRENCH_HABIT.reduce((name, [pattern, by]) => name.replace(pattern, by), text)) : text;
    return varied ? respell(base, ENGLISH_HABIT, random, HABIT_SHARE) : base;
  }
  const letters = tableOf(culture, script, system);
  return text.split(/([\s-]+)/u).map((part) => (/^[\s-]+$/u.test(part) ? part : romaniseWord(part, letters))).join('');
}
