import { measuredByGroup, measuredQuality, type ErrorRates, type Interval } from '#libs/quality';
import type { LinkageResult } from '#libs/linkage';
import type { LabelledExtracts } from './quality-profiles.js';

/** Of the intervals of one kind: how many there are, how many hold the measured value, how wide they are. */
interface CoverageOfKind {
  intervals: number;
  holding: number;
  /** Sum of the widths. */
  width: number;
  /** How far the estimate is from the measured value at most. */
  farthest: number;
}

/** By kind of interval. */
export type Coverage = Map<string, CoverageOfKind>;

/** Compares the intervals of a result with what the labels say. */
export function addCoverage(
  coverage: Coverage, { extracts, truth, categories }: LabelledExtracts, result: LinkageResult,
): void {
  const registers = Uint8Array.from(extracts.flatMap(({ records }, r) => Array<number>(records).fill(r)));
  const linked = Uint32Array.from(result.entityOf.flatMap((of) => Array.from(of)));
  const compare = (
    of: string, rates: ErrorRates, measured: { precision: number | null; recall: number | null },
  ): void => {
    add(coverage, `precision ${of}`, rates.precision, rates.precisionInterval, measured.precision);
    add(coverage, `recall ${of}`, rates.recall, rates.recallInterval, measured.recall);
  };
  compare('over all', result.estimated, measuredQuality(registers, linked, truth));
  for (const quality of result.byRegisterPair) {
    const chosen = Array.from(registers.keys()).filter((record) =>
      [quality.registerA, quality.registerB].includes(extracts[registers[record]].registerId));
    compare('by register pair', quality, measuredQuality(
      Uint8Array.from(chosen, (record) => registers[record]),
      Uint32Array.from(chosen, (record) => linked[record]), chosen.map((record) => truth[record])));
  }
  categories.forEach(({ groups, groupOf }, c) => {
    const group = Uint16Array.from(groupOf.flatMap((of) => Array.from(of)));
    measuredByGroup(registers, linked, truth, group, groups.length).forEach((measured, g) => {
      const { quality } = result.bySubgroup[c].groups[g];
      if (quality) compare('by subgroup', quality, measured);
    });
  });
}

function add(
  coverage: Coverage, kind: string, estimate: number, { lower, upper }: Interval, measured: number | null,
): void {
  if (measured === null) return;
  const known = coverage.get(kind) ?? { intervals: 0, holding: 0, width: 0, farthest: 0 };
  known.intervals++;
  // Bounds that are exactly the measured value must not miss it by rounding.
  known.holding += Number(measured >= lower - ROUNDING && measured <= upper + ROUNDING);
  known.width += upper - lower;
  known.farthest = Math.max(known.farthest, Math.abs(estimate - measured));
  coverage.set(kind, known);
}

const ROUNDING = 1e-9;

export function printCoverage(coverage: Coverage): void {
  const kinds = [...coverage].map(([kind, { intervals, holding, width, farthest }]) =>
    `${kind} ${holding} of ${intervals} (mean width ${(width / intervals).toFixed(4)}, `
    + `estimate off by at most ${farthest.toFixed(4)})`);
  console.log(`coverage of the 95 % intervals: ${kinds.join('; ')}`);
}
