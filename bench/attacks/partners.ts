/** For each encoded record the place of a person among the known ones, or `NOBODY`. */
export type Partners = Int32Array;

export const NOBODY = -1;

/** How well an attack did. */
export interface Score {
  /** Records that were given a name. */
  readonly named: number;
  /** Records that were given their own name. */
  readonly right: number;
  /** Encoded records whose person the attacker knows. */
  readonly possible: number;
}

/** Compares names given with the truth; both hold a place among the known people for each record. */
export function scoreOf(partners: ArrayLike<number>, truth: ArrayLike<number>): Score {
  let [named, right, possible] = [0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== NOBODY) possible++;
    if (partners[i] === NOBODY) continue;
    named++;
    if (partners[i] === truth[i]) right++;
  }
  return { named, right, possible };
}
