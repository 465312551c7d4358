import fc from 'fast-check';

/**
 * Property tests draw the same examples on every machine, so that a failure is a change's and not the
 * day's. `npm run test:properties` draws new ones: PROPERTY_SEED is the seed, PROPERTY_RUNS how many.
 */
const runs = Number(process.env.PROPERTY_RUNS);
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1), ...(runs > 0 ? { numRuns: runs } : {}) });
