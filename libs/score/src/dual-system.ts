import type { MatchModel } from './match-distribution.js';
import { levelTable, observedMask, type VectorSpace } from './vector-space.js';

/** A level speaks for an intact segment when it is this many times as likely there as by chance. */
const LEAST_RATIO = 10;
/** A segment is a system when at least this share of the matches agrees in it. */
const LEAST_COVERAGE = 0.25;
/** One that sees nearly all that was found decides what is found, and tells nothing about the rest. */
const MOST_COVERAGE = 0.9;

/**
 * How many matches there are for each one that was found, by dual-system estimation (Petersen 1896; Sekar and
 * Deming 1949; in censuses the estimate of coverage): two segments are two systems that each see a match
 * when it agrees there. Where they err independently, the share of the matches agreeing in the one segment
 * that the other sees as well is the other's coverage of all matches, of those too that neither sees.
 *
 * Matches that nothing is left of look like chance, so that no model of pairs can count them. Segments that
 * share fields err together, which makes their estimate too small: those that give fewer matches than were
 * found are left out, and the others weighted by the inverse of their sampling variance, so that the
 * segments that see most count most. Registers that err in many fields of a person at once hide more matches
 * than this says.
 *
 * @param matched expected matches by vector, of the pairs that were compared.
 * @returns at least 1; 1 where there are not two segments that see a quarter to nine tenths of the matches.
 */
export function matchesPerFoundMatch(space: VectorSpace, matched: Float64Array, model: MatchModel): number {
  const { found, seen } = agreements(space, matched, agreeingLevels(model));
  let estimates = 0;
  let weights = 0;
  for (let s = 0; s < seen.length; s++) {
    for (let t = s + 1; t < seen.length; t++) {
      const [a, b, both] = [seen[s][s] / found, seen[t][t] / found, seen[s][t] / found];
      if (Math.min(a, b) < LEAST_COVERAGE || Math.max(a, b) > MOST_COVERAGE) continue;
      if (both === 0 || a * b <= both) continue;
      const weight = (a * b) / ((1 - a) * (1 - b));
      estimates += (weight * a * b) / both;
      weights += weight;
    }
  }
  return weights > 0 ? estimates / weights : 1;
}

/** Matches found that observe every segment, and of them those that agree in both segments of each pair. */
function agreements(
  space: VectorSpace, matched: Float64Array, agrees: readonly (readonly boolean[])[],
): { readonly found: number; readonly seen: readonly Float64Array[] } {
  const segments = space.levels.length;
  const table = levelTable(space);
  const complete = 2 ** segments - 1;
  const seen = agrees.map(() => new Float64Array(segments));
  let found = 0;
  for (let v = 0; v < matched.length; v++) {
    if (matched[v] === 0 || observedMask(space, table, v) !== complete) continue;
    found += matched[v];
    const agreeing = agrees.map((levels, s) => levels[table[v * segments + s]]);
    for (let s = 0; s < segments; s++) {
      for (let t = s; t < segments; t++) if (agreeing[s] && agreeing[t]) seen[s][t] += matched[v];
    }
  }
  return { found, seen };
}

/** For each segment and level, whether it is far likelier among matches that leave the segment intact. */
function agreeingLevels({ breakages, chance }: MatchModel): boolean[][] {
  return chance.map((ofChance, s) => {
    const intact = breakages.filter(({ broken }) => !(broken & (1 << s)));
    const share = intact.reduce((sum, breakage) => sum + breakage.share, 0);
    return Array.from(ofChance, (u, level) => {
      const m = intact.reduce((sum, breakage) => sum + breakage.share * breakage.levels[s][level], 0) / share;
      return level < ofChance.length - 1 && m >= LEAST_RATIO * u;
    });
  });
}
