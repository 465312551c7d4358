export * from './synthesize.js';
export * from './register-record.js';
export * from './person.js';
export { HOME_COUNTRY, ORIGINS, type Origin } from './origins.js';
export {
  COVERAGE, DEMOGRAPHY, ERROR_RATES, REFERENCE_DATE, WINDOW_START, type ErrorRates,
} from './settings.js';
export { isoDate, type Day } from './calendar.js';
export { nameCulture, type NameCulture, type NameCultureId, type Sex } from './name-cultures.js';
export type { Place } from './places.js';
