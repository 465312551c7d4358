import { dayOf } from './calendar.js';

/** The histories are told from this day on; what lies before is only dated. */
export const WINDOW_START = dayOf(2019, 1, 1);
/** Registers are frozen at the end of this day. */
export const REFERENCE_DATE = dayOf(2025, 12, 31);

/**
 * Demography: shares and yearly chances. Orders of magnitude of a European country with much immigration;
 * nothing here is an estimate of a real one.
 */
export const DEMOGRAPHY = {
  /** Households by kind: native, mixed couple, migrant, visitors. */
  householdKinds: [0.715, 0.035, 0.2, 0.05],
  /** Of migrant households: arrived before the window. */
  settledShare: 0.56,
  /** Of those who arrive inside the window: leave again after 2 to 11 months. */
  shortStayShare: 0.16,
  /** Chance to leave in the first, second, third and each later year of a stay. */
  leavingByYearOfStay: [0.09, 0.07, 0.05, 0.02],
  /** Of migrants who left: come back within two years. */
  migrantReturnShare: 0.25,
  /** Native households that leave the country, a year; of those, come back within four years. */
  nativeLeaving: 0.004,
  nativeReturnShare: 0.45,
  /** A spouse follows later (half a year to three years). */
  reunificationShare: 0.4,
  /** Yearly chance after six years of residence, and of keeping the first citizenship. */
  naturalisation: 0.05,
  dualCitizenshipShare: 0.55,
  /** Couples who marry inside the window; a partner then may change the family name. */
  marriageInWindowShare: 0.14,
  /** Single women who marry somebody outside the household and take the name. */
  singleMarriageShare: 0.05,
  doubleNameShare: 0.12,
  twinShare: 0.016,
  sameSexShare: 0.03,
  /** Households that move house inside the country during the window. */
  movingShare: 0.3,
  /** A registered person's trip abroad or a visitor's visit, in days. */
  tripDays: [3, 45],
  visitDays: [3, 80],
  nativeTravellerShare: 0.16,
  migrantTravellerShare: 0.55,
  /** Citizens of two countries who hold passports of both. */
  twoPassportsShare: 0.7,
} as const;

/**
 * Who is in which register, and when the register hears of it. Who is missing is not random: recent
 * arrivals, young men and short stays are missing most; those who leave rarely say so.
 */
export const COVERAGE = {
  population: {
    nativeResident: 0.997,
    /** Foreign residents of 12 months and more, by whether they are men of 18 to 35. */
    foreignResident: 0.965,
    foreignYoungMan: 0.9,
    /** Stays of 3 to 12 months, and under 3 months. */
    shortStay: 0.45,
    visit: 0.02,
    /** Days from arrival, birth, departure or death to its registration: from, to (uniform). */
    arrivalDelay: [2, 75],
    birthDelay: [2, 21],
    departureDelay: [0, 60],
    deathDelay: [1, 30],
    /**
     * Emigrants who say so, and those whom a clean-up finds 1 to 2.5 years later (over-coverage until
     * then).
     */
    nativeDeregisters: 0.85,
    foreignerDeregisters: 0.5,
    foundByCleanUp: 0.3,
    deathAbroadReported: 0.3,
    deathReported: 0.998,
  },
  permits: {
    nonFreeMovement: 0.96,
    freeMovement: 0.45,
    shortStay: 0.7,
    delay: [5, 90],
    /** Years of validity of the first, second, ... permit, and of all after them. */
    years: [1, 3, 5, 10],
    /** A renewal copies the previous file instead of reading the passport again. */
    copiedRenewal: 0.75,
  },
  borders: {
    /** Crossings that reach the register: citizens of the country, free movement, others. */
    home: 0.6,
    freeMovement: 0.35,
    others: 0.8,
  },
} as const;

/** Errors of one register: chances per record unless said otherwise. */
export interface ErrorRates {
  /** A slip of the keyboard in the given names or the family name. */
  readonly typo: number;
  /** Given names and family name in each other's field. */
  readonly swappedNames: number;
  /** Of people with two surnames: only the first is held. */
  readonly oneOfTwoSurnames: number;
  /** Of people with several given names: only the first is held. */
  readonly middleNameDropped: number;
  readonly givenNameMissing: number;
  readonly dayMonthSwapped: number;
  /** One digit of the date of birth is wrong. */
  readonly birthDigit: number;
  /** Day, or day and month of birth, not recorded: written `YYYY-01-01`. */
  readonly birthPartMissing: number;
  readonly birthDateMissing: number;
  readonly sexWrong: number;
  readonly citizenshipMissing: number;
  readonly countryOfBirthMissing: number;
  readonly diacriticsLost: number;
  /** A changed family name is still held in its old form (beyond the register's delay). */
  readonly nameChangeMissed: number;
  /** Of names not in Latin letters: not by the passport's table. */
  readonly otherRomanisation: number;
  /** Of Arabic and Persian names: spelled by ear. */
  readonly spelledByEar: number;
}

/**
 * Rates as linkage studies of administrative registers report them, from careful (population) to hasty
 * (permits).
 */
export const ERROR_RATES: Readonly<Record<'population-register' | 'residence-permits' | 'border-crossings', ErrorRates>> = {
  'population-register': {
    typo: 0.02, swappedNames: 0.004, oneOfTwoSurnames: 0.2, middleNameDropped: 0.1, givenNameMissing: 0.001,
    dayMonthSwapped: 0.004, birthDigit: 0.004, birthPartMissing: 0.002, birthDateMissing: 0.0005,
    sexWrong: 0.001, citizenshipMissing: 0.002, countryOfBirthMissing: 0.006, diacriticsLost: 0.02,
    nameChangeMissed: 0.05, otherRomanisation: 0.25, spelledByEar: 0.3,
  },
  'residence-permits': {
    typo: 0.035, swappedNames: 0.01, oneOfTwoSurnames: 0.25, middleNameDropped: 0.2, givenNameMissing: 0.003,
    dayMonthSwapped: 0.008, birthDigit: 0.007, birthPartMissing: 0.004, birthDateMissing: 0.001,
    sexWrong: 0.002, citizenshipMissing: 0.004, countryOfBirthMissing: 0.02, diacriticsLost: 0.15,
    nameChangeMissed: 0.15, otherRomanisation: 0.1, spelledByEar: 0.15,
  },
  'border-crossings': {
    typo: 0.025, swappedNames: 0.008, oneOfTwoSurnames: 0.1, middleNameDropped: 0.05, givenNameMissing: 0.004,
    dayMonthSwapped: 0.005, birthDigit: 0.005, birthPartMissing: 0.002, birthDateMissing: 0.001,
    sexWrong: 0.002, citizenshipMissing: 0.002, countryOfBirthMissing: 0.12, diacriticsLost: 0,
    nameChangeMissed: 0.2, otherRomanisation: 0, spelledByEar: 0,
  },
};

/** A renewed passport spells the name otherwise: by another table, or by ear. */
export const PASSPORT_RESPELLED = 0.08;
/** Of passports of states that once used another table: still issued with it. */
export const EARLIER_PASSPORT_SHARE = 0.12;
/** Years that a passport is valid. */
export const PASSPORT_YEARS = 10;
