import { joinAll, joinByDefinition, type FilterTable, type JoinKernel } from '#libs/compare';
import { ADDON_FOLDER, loadAddon } from './native-addon.js';

/** What libs/compare/native/join.cc exports. */
interface JoinAddon {
  /** Forms that this processor can run, the fastest first. */
  readonly forms: readonly string[];
  joinTiles(
    form: number, memory: Uint8Array, job: number, tileA: number, tileB: number, workspace: number): number;
}

/**
 * The native forms of the join that this processor can run, the fastest first; none where the addon was not
 * built or does not load. A form that does not find what the definition finds in a small trial is left out:
 * wrong links are worse than slow ones.
 */
export function nativeJoinKernels(folder = ADDON_FOLDER): JoinKernel[] {
  const addon = loadAddon<JoinAddon>('join', folder);
  if (!addon) return [];
  return addon.forms.map((name, form) => kernelOf(addon, name, form)).filter(agreesWithDefinition);
}

function kernelOf(addon: JoinAddon, name: string, form: number): JoinKernel {
  return {
    name: `native-${name}`,
    // Measured for the vector forms: a word of the prefix costs a third of one behind it.
    cost: { word: 0.35, survivor: 120 },
    bind: ({ buffer }) => {
      const memory = new Uint8Array(buffer);
      return (job, tileA, tileB, workspace) => addon.joinTiles(form, memory, job, tileA, tileB, workspace);
    },
  };
}

const TRIAL_RECORDS = 70;
const TRIAL_BITS = 1088;
const TRIAL_PREFIXES = [4, 7, 8, 16] as const;

function agreesWithDefinition(kernel: JoinKernel): boolean {
  const table = trialTable();
  const expected = joinByDefinition(table, table, { similarity: 0.7, within: true });
  return TRIAL_PREFIXES.every((prefixWords) => {
    const steps = joinAll(table, table, { similarity: 0.7, within: true, prefixWords }, kernel);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const found = step.value;
    return found.length === expected.length && found.rowsOfA.every((row, k) => row === expected.rowsOfA[k])
      && found.rowsOfB.every((row, k) => row === expected.rowsOfB[k]);
  });
}

/** Filters around the threshold: each repeats the one before with more and more bits turned. */
function trialTable(): FilterTable {
  const bytes = TRIAL_BITS / 8;
  const filters = new Uint8Array(TRIAL_RECORDS * bytes);
  let state = 1;
  for (let k = 0; k < filters.length; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const turns = (state >>> 8) % TRIAL_RECORDS < Math.floor(k / bytes) % 10 * 4;
    filters[k] = k < bytes || turns ? state >>> 24 : filters[k - bytes];
  }
  return { records: TRIAL_RECORDS, bits: TRIAL_BITS, filters };
}
