import type { NameCultureId } from './name-cultures.js';

/**
 * The code that the synthetic country wears. Code lists accept assigned codes only, so it borrows Austria's;
 * its people, registers and figures are invented.
 */
export const HOME_COUNTRY = 'AT';

/** A country that people of the synthetic country come from. */
export interface Origin {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly culture: NameCultureId;
  /** Relative share among migrant households. */
  readonly share: number;
  /** Free movement: permits are rarer (a certificate of registration), borders are crossed unrecorded. */
  readonly freeMovement: boolean;
  /** Share of people whose day and month of birth nobody knows: every document says 1 January. */
  readonly unknownBirthdayShare: number;
  /** Share of households in the window that arrived in one surge, with its first and last month. */
  readonly surge?: { readonly share: number; readonly from: string; readonly until: string };
}

const origin = (
  country: string, culture: NameCultureId, share: number, freeMovement: boolean,
  unknownBirthdayShare = 0, surge?: Origin['surge'],
): Origin => ({ country, culture, share, freeMovement, unknownBirthdayShare, ...(surge ? { surge } : {}) });

export const ORIGINS: readonly Origin[] = [
  origin('UA', 'ukrainian', 12, false, 0, { share: 0.7, from: '2022-03', until: '2022-12' }),
  origin('RO', 'romanian', 11, true),
  origin('TR', 'turkish', 11, false, 0.02),
  origin('SY', 'arabic', 10, false, 0.06, { share: 0.4, from: '2021-06', until: '2023-06' }),
  origin('RS', 'serbian', 9, false),
  origin('PL', 'polish', 6, true),
  origin('AF', 'persian', 6, false, 0.12, { share: 0.4, from: '2021-09', until: '2022-12' }),
  origin('IT', 'italian', 6, true),
  origin('IN', 'indian', 6, false, 0.01),
  origin('RU', 'russian', 5, false),
  origin('ES', 'spanish', 5, true),
  origin('MA', 'maghrebi', 5, false, 0.03),
  origin('GR', 'greek', 4, true),
  origin('VN', 'vietnamese', 4, false),
  origin('NG', 'nigerian', 4, false, 0.02),
  origin('PT', 'portuguese', 3, true),
  origin('CO', 'spanish', 3, false),
  origin('IQ', 'arabic', 3, false, 0.08),
  origin('IR', 'persian', 3, false),
  origin('US', 'english', 3, false),
];
