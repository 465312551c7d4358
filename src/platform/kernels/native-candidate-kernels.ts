import { wasmCandidateKernel, type CandidateKernel } from '#libs/compare';
import { ADDON_FOLDER, loadAddon } from './native-addon.js';

/** What libs/compare/native/candidates.cc exports: the loops of a kernel after form and memory. */
interface CandidateAddon {
  /** Forms that this processor can run, the fastest first. */
  readonly forms: readonly string[];
  verifyPairs(form: number, memory: Uint8Array, ...numbers: number[]): number;
  verifyRow(form: number, memory: Uint8Array, ...numbers: number[]): number;
  joinNear(form: number, memory: Uint8Array, job: number): number;
  sortRows(form: number, memory: Uint8Array, ...numbers: number[]): number;
  gatherKeys(form: number, memory: Uint8Array, ...numbers: number[]): number;
  nearestReferences(form: number, memory: Uint8Array, ...numbers: number[]): number;
  largePages(form: number, memory: Uint8Array): number;
}

/**
 * The native forms of the candidate kernel that this processor can run, the fastest first; none where the
 * addon was not built or does not load. What they leave to WebAssembly is a small part of the work.
 */
export function nativeCandidateKernels(folder = ADDON_FOLDER): CandidateKernel[] {
  const addon = loadAddon<CandidateAddon>('candidates', folder);
  return addon ? addon.forms.map((name, form) => kernelOf(addon, name, form)) : [];
}

function kernelOf(addon: CandidateAddon, name: string, form: number): CandidateKernel {
  return {
    name: `native-${name}`,
    bind: (owner) => {
      const memory = new Uint8Array(owner.buffer);
      return {
        ...wasmCandidateKernel.bind(owner),
        verifyPairs: (first, segments, pairs, length, counts, keep, kept) =>
          addon.verifyPairs(form, memory, first, segments, pairs, length, counts, keep, kept),
        verifyRow: (first, segments, i, from, to, counts, keep, kept) =>
          addon.verifyRow(form, memory, first, segments, i, from, to, counts, keep, kept),
        joinNear: (job) => addon.joinNear(form, memory, job),
        sortRows: (keys, weights, records, bits, sortedKeys, sortedRows, spareKeys, spareRows) =>
          addon.sortRows(
            form, memory, keys, weights, records, bits, sortedKeys, sortedRows, spareKeys, spareRows),
        gatherKeys: (filters, words, records, columns, width, keys) => {
          addon.gatherKeys(form, memory, filters, words, records, columns, width, keys);
        },
        nearestReferences: (filters, words, weights, from, to, references, length, means) => {
          addon.nearestReferences(
            form, memory, filters, words, weights, from, to, references, length, means);
        },
      };
    },
  };
}

/** Asks the system for large pages for this memory, where the addon is; otherwise nothing happens. */
export function useLargePages(memory: SharedArrayBuffer, folder = ADDON_FOLDER): boolean {
  return loadAddon<CandidateAddon>('candidates', folder)?.largePages(0, new Uint8Array(memory)) === 1;
}
