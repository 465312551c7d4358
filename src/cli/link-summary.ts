import type { PairExplanation } from '#libs/linkage';
import type { ErrorRates, Interval } from '#libs/quality';
import type { FilesPlan } from './link-files.js';
import type { LinkSummary } from './link-report.js';

/** Prints for people, to stderr. */
export function printSummary(summary: LinkSummary, out: string | undefined): void {
  const { registers, records, entities, estimated, measured, controls } = summary;
  console.error(`${records} records of ${registers} registers are ${entities} entities`);
  console.error(`estimated: ${rates(estimated)}`);
  if (measured) {
    console.error(`measured:  precision ${percent(measured.precision)}, recall ${percent(measured.recall)}, `
      + `F1 ${percent(measured.f1)}`);
  }
  for (const { category, groups } of summary.bySubgroup ?? []) {
    for (const { group, quality } of groups) {
      console.error(`  ${category} ${group}: ${quality ? rates(quality) : 'too small to be told'}`);
    }
  }
  for (const [kind, { pairs, linked }] of Object.entries(controls ?? {})) {
    if (pairs > 0) console.error(`${kind} controls: ${linked} of ${pairs} linked`);
  }
  if (summary.round) {
    const { unchanged, extended, fresh, merged, split, gone } = summary.round;
    console.error(`of the round before: ${unchanged} entities unchanged, ${extended} extended, ${merged} merged, `
      + `${split} split, ${gone} gone; ${fresh} new`);
  }
  for (const { registers: about, message } of summary.warnings) {
    console.error(`warning: ${about === '' ? '' : `${about}: `}${message}`);
  }
  if (out !== undefined) console.error(`links: ${out}`);
}

/** Prints what a run would take. */
export function printPlan(
  { registers, comparisons, memoryBytes, threads, seconds, readingSeconds }: FilesPlan,
): void {
  for (const planned of registers) {
    const { registers: about, blocking, pairs, tables, pairCompleteness, cutCandidates } = planned;
    const keyed = planned.keyedBlocks.map((name) => `keyed block: ${name}`).join(', ');
    const way = blocking === 'exhaustive' ? 'all compared'
      : `${tables} tables${keyed && ` (${keyed})`}, expected to hold ${percent(pairCompleteness)} of the matches`;
    const cut = cutCandidates === null || cutCandidates === 0 ? ''
      : `; some ${cutCandidates} candidates will be cut, of records that are like too many others`;
    console.error(`${about}: ${pairs} pairs, ${way}; ${planned.comparisons} comparisons`
      + `${planned.seconds === null ? '' : `, some ${duration(planned.seconds)}`}${cut}`);
  }
  console.error(`${comparisons} comparisons in all, ${Math.ceil(memoryBytes / 2 ** 20)} MiB beyond the extracts, `
    + `${threads} threads`);
  if (!seconds) return;
  const { total, preparing, nonMatches, deciding } = seconds;
  console.error(`some ${duration(total + readingSeconds)} if this machine stays as busy as it was just now: `
    + `${duration(readingSeconds)} to read, ${duration(preparing)} to prepare the filters, `
    + `${duration(nonMatches)} for non-matches, ${duration(deciding)} for entities; the rest compares`);
}

/** Seconds to two digits, from two minutes on whole minutes: a prediction tells no more. */
function duration(seconds: number): string {
  if (seconds >= 120) return `${Math.round(seconds / 60)} min`;
  return `${seconds >= 10 ? Math.round(seconds) : seconds.toFixed(1)} s`;
}

/** Prints the waterfall of a pair: weights in bits, one line a bar. */
export function printExplanation(explanation: PairExplanation): void {
  const {
    registers, prior, segments, together, pairwise, candidates, otherRegisters, probability,
  } = explanation;
  const line = (name: string, bits: number, detail = ''): void =>
    console.error(`  ${name.padEnd(28)} ${bits.toFixed(2).padStart(8)} bits${detail}`);
  console.error(`${registers}:`);
  line('any two records', prior);
  for (const { segment, similarity, weight } of segments) {
    line(segment, weight, similarity ? rangeOf(similarity) : ', missing');
  }
  line('segments together', together);
  console.error(`  alone: probability ${pairwise.toFixed(6)}`);
  if (candidates !== null) line('other candidates', candidates);
  if (otherRegisters !== null) line('other registers', otherRegisters);
  const decided = explanation.inOneEntity ? 'in one entity' : 'not in one entity';
  console.error(probability === null ? `  no candidate in this run; ${decided}`
    : `  in this run: probability ${probability.toFixed(6)}, links are made from `
      + `${explanation.threshold.toFixed(6)} on; ${decided}`);
}

function rates({ precision, recall, precisionInterval, recallInterval }: ErrorRates): string {
  return `precision ${percent(precision)} (${interval(precisionInterval)}), `
    + `recall ${percent(recall)} (${interval(recallInterval)})`;
}

function interval({ lower, upper }: Interval): string {
  return `${percent(lower)} to ${percent(upper)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function rangeOf({ atLeast, below }: { readonly atLeast: number; readonly below: number | null }): string {
  return `, similarity from ${atLeast.toFixed(3)} ${below === null ? 'up to 1' : `below ${below.toFixed(3)}`}`;
}
