/**
 * One linear condition on a probability vector p: sum of coefficients[j] * p[j], `=` or `<=` the bound.
 */
export interface LinearCondition {
  readonly kind: '=' | '<=';
  readonly coefficients: readonly number[];
  readonly bound: number;
}

const TOLERANCE = 1e-11;
const MAXIMUM_NEWTON_STEPS = 300;
const MAXIMUM_ACTIVE_SET_STEPS = 200;

/**
 * The probability vector of greatest entropy (least sum of p log p) under linear conditions.
 *
 * At the optimum p[j] = exp(sum of multiplier * coefficient[j] - 1), so the search runs over one multiplier
 * for each condition that holds with equality: Newton's method on the convex dual. Inequalities
 * enter by an active set: the most violated one joins, one with a multiplier of the wrong sign
 * leaves, until the Karush-Kuhn-Tucker conditions hold.
 *
 * @returns p, or undefined when the conditions contradict each other.
 */
export function maximumEntropy(length: number, conditions: readonly LinearCondition[]): number[] | undefined {
  const equalities = conditions.filter((condition) => condition.kind === '=');
  const inequalities = conditions.filter((condition) => condition.kind === '<=');
  const active = new Set<LinearCondition>();
  for (let step = 0; step < MAXIMUM_ACTIVE_SET_STEPS; step += 1) {
    const held = [...equalities, ...active];
    const solution = solveEqualities(length, held);
    if (solution === undefined) return undefined;
    const wrongSign = held.slice(equalities.length)
      .map((condition, i) => ({ condition, multiplier: solution.multipliers[equalities.length + i] }))
      .filter(({ multiplier }) => multiplier > TOLERANCE)
      .sort((a, b) => b.multiplier - a.multiplier)[0];
    if (wrongSign !== undefined) {
      active.delete(wrongSign.condition);
      continue;
    }
    const violated = inequalities.filter((condition) => !active.has(condition))
      .map((condition) => ({ condition, excess: value(condition, solution.p) - condition.bound }))
      .filter(({ excess }) => excess > TOLERANCE)
      .sort((a, b) => b.excess - a.excess)[0];
    if (violated === undefined) return solution.p;
    active.add(violated.condition);
  }
  return undefined;
}

interface DualSolution { readonly p: number[]; readonly multipliers: number[] }

/** Newton with backtracking on F(m) = sum of p(m) - sum of m * bound, whose gradient is the misfit. */
function solveEqualities(length: number, held: readonly LinearCondition[]): DualSolution | undefined {
  let multipliers = held.map(() => 0);
  let p = probabilities(length, held, multipliers);
  for (let step = 0; step < MAXIMUM_NEWTON_STEPS; step += 1) {
    const misfit = held.map((condition) => value(condition, p) - condition.bound);
    if (Math.max(...misfit.map(Math.abs)) < 1e-14) return { p, multipliers };
    const hessian = held.map((a) => held.map((b) => p.reduce(
      (sum, probability, j) => sum + probability * a.coefficients[j] * b.coefficients[j], 0)));
    const direction = solveLinear(hessian, misfit);
    if (direction === undefined) break;
    const next = backtrack(length, held, multipliers, direction, misfit);
    if (next === undefined) break;
    multipliers = next;
    p = probabilities(length, held, multipliers);
  }
  // The last digits may not settle in floating point: good enough is what the caller can round away.
  const misfit = Math.max(...held.map((condition) => Math.abs(value(condition, p) - condition.bound)));
  return misfit < TOLERANCE ? { p, multipliers } : undefined;
}

/**
 * A shorter step along the Newton direction that lowers the objective; near the optimum, where the objective
 * has no digits left to fall, one that halves the misfit.
 */
function backtrack(
  length: number, held: readonly LinearCondition[], from: readonly number[],
  direction: readonly number[], gradient: readonly number[],
): number[] | undefined {
  const start = dualObjective(length, held, from);
  const slope = direction.reduce((sum, d, k) => sum + d * gradient[k], 0);
  const worst = Math.max(...gradient.map(Math.abs));
  for (let size = 1; size > 1e-12; size /= 2) {
    const candidate = from.map((m, k) => m - size * direction[k]);
    const objective = dualObjective(length, held, candidate);
    if (!Number.isFinite(objective)) continue;
    if (objective <= start - 1e-4 * size * slope) return candidate;
    const p = probabilities(length, held, candidate);
    const misfit = Math.max(...held.map((condition) => Math.abs(value(condition, p) - condition.bound)));
    if (misfit < worst / 2) return candidate;
  }
  return undefined;
}

function dualObjective(
  length: number, held: readonly LinearCondition[], multipliers: readonly number[],
): number {
  const mass = probabilities(length, held, multipliers).reduce((sum, p) => sum + p, 0);
  return mass - multipliers.reduce((sum, m, k) => sum + m * held[k].bound, 0);
}

function probabilities(
  length: number, held: readonly LinearCondition[], multipliers: readonly number[],
): number[] {
  return Array.from({ length }, (_, j) => Math.exp(
    multipliers.reduce((sum, m, k) => sum + m * held[k].coefficients[j], -1)));
}

function value(condition: LinearCondition, p: readonly number[]): number {
  return condition.coefficients.reduce((sum, c, j) => sum + c * p[j], 0);
}

/** Gaussian elimination with partial pivoting; undefined when the matrix is singular. */
function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let i = column + 1; i < n; i += 1) {
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    }
    if (Math.abs(rows[pivot][column]) < 1e-300) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = column + 1; i < n; i += 1) {
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= n; j += 1) rows[i][j] -= factor * rows[column][j];
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i -= 1) {
    let rest = rows[i][n];
    for (let j = i + 1; j < n; j += 1) rest -= rows[i][j] * solution[j];
    solution[i] = rest / rows[i][i];
  }
  return solution;
}
