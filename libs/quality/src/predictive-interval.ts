/** Bounds between which something lies, with the coverage that `INTERVAL_COVERAGE` aims at. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Share of the intervals that should hold what they are about. */
export const INTERVAL_COVERAGE = 0.95;

/** No model of pairs vouches for less than one error: that many are added to what it expects. */
const ERRORS_BEYOND_THE_MODEL = 1;

/**
 * Where the number of errors (false links, or missed matches) will lie, of which a model expects `expected`.
 *
 * Errors come in events: who joins two people joins all pairs between their records. `pairsOfEvent` pairs are
 * struck together (the design effect of cluster sampling; Kish 1965), so the count is that many
 * times a number of events. Of the rate of events only its mean is believed, the model's and one event more:
 * the distribution that assumes nothing else is the exponential one (maximum entropy; Jaynes 1957), and the
 * events of an exponential rate are geometric. So the interval holds the chance of events and a model that is
 * wrong by a factor, but none that is wrong by more than three and a half times where errors are many.
 *
 * @param expected errors that the model expects, at least 0; @param pairsOfEvent at least 1.
 * @returns whole events, times the pairs of one; the bounds are not limited to what is possible.
 */
export function errorCountInterval(expected: number, pairsOfEvent: number): Interval {
  const mean = expected / pairsOfEvent + ERRORS_BEYOND_THE_MODEL;
  const tail = (1 - INTERVAL_COVERAGE) / 2;
  return {
    lower: pairsOfEvent * geometricQuantile(mean, tail),
    upper: pairsOfEvent * geometricQuantile(mean, 1 - tail),
  };
}

/** Smallest k with P(K <= k) of at least `share`, for a geometric K from 0 on. */
function geometricQuantile(mean: number, share: number): number {
  return Math.max(0, Math.ceil(Math.log(1 - share) / Math.log(mean / (1 + mean)) - 1));
}

/**
 * Wilson's interval of a share that was counted: `successes` of `trials` independent ones (Wilson 1927, as
 * Brown, Cai and DasGupta 2001 recommend it). Without trials it says nothing: 0 to 1.
 */
export function countedShareInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { lower: 0, upper: 1 };
  const share = successes / trials;
  const squared = NORMAL_QUANTILE * NORMAL_QUANTILE;
  const centre = share + squared / (2 * trials);
  const spread = NORMAL_QUANTILE
    * Math.sqrt((share * (1 - share)) / trials + squared / (4 * trials * trials));
  const scale = 1 + squared / trials;
  return {
    // Without failures (successes) the bound is 1 (0) exactly, which rounding would miss.
    lower: successes === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    upper: successes === trials ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

/** Of the standard normal distribution, at 97.5 %. */
const NORMAL_QUANTILE = 1.959963984540054;
