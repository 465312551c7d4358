import { VinculumError } from '#libs/record';
import { perturbedCount } from './cell-key.js';
import { minimumCountOf, type DisclosurePolicy } from './policy.js';
import { perturbationTableHash, type PerturbationTable } from './perturbation-table.js';

/** An unprotected table of counts: never shown, never stored past the release. */
export interface CountTable {
  readonly dimensions: readonly TableDimension[];
  /** One cell for each combination of codes, margins (`_T`) among them, in any order. */
  readonly cells: readonly CountCell[];
}

export interface TableDimension {
  /** SDMX id, for example `SEX`. */
  readonly id: string;
  /** Codes in the order of presentation. */
  readonly codes: readonly string[];
}

export interface CountCell {
  /** One code for each dimension. */
  readonly codes: readonly string[];
  /** Number of persons. */
  readonly count: number;
  /** Sum of the persons' record keys modulo 2^32. */
  readonly cellKey: number;
}

/** What may leave. Cells hold neither counts nor keys nor noise: with any of these the noise comes off. */
export interface Release {
  readonly dimensions: readonly TableDimension[];
  readonly cells: readonly ReleasedCell[];
  readonly decisions: readonly DisclosureDecision[];
  readonly policy: {
    readonly name: string; readonly minimumCount: number; readonly perturbationTableHash: string;
  };
}

export interface ReleasedCell {
  readonly codes: readonly string[];
  /** Perturbed number of persons, or null: suppressed. */
  readonly value: number | null;
  /** SDMX CL_OBS_STATUS: `A` normal, `Q` suppressed. */
  readonly obsStatus: 'A' | 'Q';
  /** SDMX CL_CONF_STATUS: `F` free, `A` primary confidentiality (small counts). */
  readonly confStatus: 'F' | 'A';
}

/**
 * Why a cell looks as it does. A suppression has one reason whether the count or the perturbed value was
 * small: to
 * tell them apart would tell the side of the threshold.
 */
export type DisclosureDecision =
  | {
    readonly action: 'perturb'; readonly reason: 'cell-key'; readonly cells: number;
    readonly perturbationTableHash: string;
  }
  | {
    readonly action: 'suppress'; readonly reason: 'minimum-count';
    readonly codes: readonly string[]; readonly minimumCount: number;
  };

/**
 * Protects a table of counts: cell-key perturbation of every cell, then suppression by minimum count. A
 * cell is
 * suppressed when its count or its perturbed value lies in 1 .. minimumCount - 1; an empty cell stays 0.
 * `cell-key.md` and `minimum-count.md` beside this file say what that guarantees and what it does not.
 *
 * Cells come out in the order in which they came in.
 *
 * @throws VinculumError `COUNT_TABLE_INVALID` when a cell has the wrong number of codes, a code that its
 * dimension
 *   does not list, or occurs twice; `CELL_INVALID` for a count or key out of range;
 *   `PERTURBATION_TABLE_DIFFERS` when the table is not the policy's.
 */
export function protect(
  table: CountTable, policy: DisclosurePolicy, perturbation: PerturbationTable,
): Release {
  assertTable(table);
  const hash = perturbationTableHash(perturbation);
  if (hash !== policy.perturbation.tableHash) {
    throw new VinculumError('PERTURBATION_TABLE_DIFFERS',
      `expected the perturbation table ${policy.perturbation.tableHash} of policy ${policy.name}, got ${hash}`);
  }
  const decisions: DisclosureDecision[] = [
    { action: 'perturb', reason: 'cell-key', cells: table.cells.length, perturbationTableHash: hash },
  ];
  const cells = table.cells.map((cell): ReleasedCell => {
    const minimum = minimumCountOf(policy, table.dimensions, cell.codes);
    const value = perturbedCount(perturbation, cell.count, cell.cellKey);
    if (!isSmall(cell.count, minimum) && !isSmall(value, minimum)) {
      return { codes: cell.codes, value, obsStatus: 'A', confStatus: 'F' };
    }
    decisions.push({ action: 'suppress', reason: 'minimum-count', codes: cell.codes, minimumCount: minimum });
    return { codes: cell.codes, value: null, obsStatus: 'Q', confStatus: 'A' };
  });
  return {
    dimensions: table.dimensions, cells, decisions,
    policy: { name: policy.name, minimumCount: policy.minimumCount, perturbationTableHash: hash },
  };
}

function isSmall(count: number, minimum: number): boolean {
  return count > 0 && count < minimum;
}

function assertTable(table: CountTable): void {
  const listed = table.dimensions.map(({ codes }) => new Set(codes));
  const seen = new Set<string>();
  table.cells.forEach(({ codes }, i) => {
    const known = codes.length === listed.length && codes.every((code, d) => listed[d].has(code));
    // JSON keeps the boundaries between codes, so that no two lists of codes share a key.
    const key = JSON.stringify(codes);
    if (!known || seen.has(key)) {
      throw new VinculumError('COUNT_TABLE_INVALID',
        `cell ${i + 1}: expected one listed code for each of the ${listed.length} dimensions, and each cell once`);
    }
    seen.add(key);
  });
}
