import {
  cellKey, designPerturbationTable, perturbation, perturbedCount, recordKeyFunction,
  tableBuilderColumn, tableBuilderRow, type PerturbationTable,
} from '#libs/disclose';
import { Tally, type VectorResult } from '../vector-runner.js';

interface Row { i: number; j: number; v: number; p: number; lb: number; ub: number }

interface File {
  modulus: number;
  secret_utf8: string;
  ptables: {
    name: string;
    params: { D: number; V: number; js: number; pstay: number | null; mono: boolean | boolean[] };
    max_i: number;
    rows: Row[];
  }[];
  microdata: (Record<string, string> & { id: string; rkey: number })[];
  tables: Record<string, TableCell[]>;
  boundary_lookups: { ptable: string; n: number; ckey: number; v: number }[];
  differencing: { cells: Record<string, { full: number; minus: number }> };
  difference_distribution: Record<string, Record<string, number>>;
  abs_tablebuilder: {
    vectors: { ckey: number; row0: number }[];
    col_vectors: { N: number; pTableSize: number; smallN: number; col: number }[];
  };
}

type TableCell = Record<string, string | number | { v: number; out: number }> & { n: number; ckey: number };

/** Probabilities in the file are rounded to 8 decimals; solvers agree to a little more than that. */
const PROBABILITY_TOLERANCE = 5e-8;

/** The cell-key method: perturbation tables, record keys, cell keys, look-ups and what differencing sees. */
export function run(content: string, _fileName: string): VectorResult {
  const file = JSON.parse(content) as File;
  const tally = new Tally();
  tally.equal('modulus', file.modulus, 2 ** 32);
  const tables = new Map(file.ptables.map(({ name, rows, params, max_i }) => {
    const designed = designPerturbationTable({
      maximumNoise: params.D, variance: params.V, blockedUpTo: params.js,
      stayProbability: params.pstay, monotone: params.mono,
    });
    checkDesign(name, rows, max_i, designed, tally);
    return [name, asGiven(designed, rows)];
  }));
  checkRecordKeys(file, tally);
  checkTables(file, tables, tally);
  for (const { ptable, n, ckey, v } of file.boundary_lookups) {
    tally.near(`${ptable}: noise of ${n} at ${ckey}`, perturbation(tableOf(tables, ptable), n, ckey), v, 0);
  }
  checkDifferences(file, tables, tally);
  for (const { ckey, row0 } of file.abs_tablebuilder.vectors) {
    tally.equal(`row of key ${ckey}`, tableBuilderRow(ckey), row0);
  }
  for (const { N, pTableSize, smallN, col } of file.abs_tablebuilder.col_vectors) {
    tally.equal(`column of count ${N}`, tableBuilderColumn(N, pTableSize, smallN), col);
  }
  return tally;
}

function checkDesign(
  name: string, rows: readonly Row[], blocks: number, designed: PerturbationTable, tally: Tally,
): void {
  tally.equal(`${name}: blocks`, designed.blocks.length, blocks);
  tally.equal(`${name}: rows`, designed.blocks.flat().length, rows.filter(({ i }) => i > 0).length);
  for (const { i, v, p, ub } of rows) {
    if (i === 0) continue;
    const row = designed.blocks[i - 1].find(({ noise }) => noise === v);
    tally.near(`${name}: probability ${i} ${v}`, row?.probability ?? Number.NaN, p, PROBABILITY_TOLERANCE);
    tally.near(`${name}: bound ${i} ${v}`,
      (row?.upperBound ?? Number.NaN) / 2 ** 32, ub, 2 * PROBABILITY_TOLERANCE);
  }
}

/** The file's own bounds, for the look-ups: at a boundary the last printed digit decides. */
function asGiven(designed: PerturbationTable, rows: readonly Row[]): PerturbationTable {
  return {
    parameters: designed.parameters,
    blocks: designed.blocks.map((_, block) => rows.filter(({ i }) => i === block + 1).map(({ v, p, ub }) => ({
      noise: v, probability: p, upperBound: Math.ceil(ub * 2 ** 32),
    }))),
  };
}

function checkRecordKeys(file: File, tally: Tally): void {
  const recordKey = recordKeyFunction(new TextEncoder().encode(file.secret_utf8));
  for (const { id, rkey } of file.microdata) tally.equal(`record key of ${id}`, recordKey(id), rkey);
}

function checkTables(file: File, tables: ReadonlyMap<string, PerturbationTable>, tally: Tally): void {
  for (const [tableName, cells] of Object.entries(file.tables)) {
    for (const cell of cells) {
      const dimensions = Object.keys(cell).filter((key) => typeof cell[key] === 'string');
      const members = file.microdata.filter((person) =>
        dimensions.every((dimension) => cell[dimension] === '_T' || cell[dimension] === person[dimension]));
      const label = `${tableName} ${dimensions.map((dimension) => cell[dimension] as string).join(',')}`;
      const key = cellKey(members.map(({ rkey }) => rkey));
      tally.equal(`${label}: count`, members.length, cell.n);
      tally.equal(`${label}: cell key`, key, cell.ckey);
      for (const [name, table] of tables) {
        const { v, out } = cell[name] as { v: number; out: number };
        tally.near(`${label}: ${name} noise`, perturbation(table, cell.n, key), v, 0);
        tally.equal(`${label}: ${name}`, perturbedCount(table, cell.n, key), out);
      }
    }
  }
}

/** All persons, and all without the one stateless person; and the distribution of such a difference. */
function checkDifferences(
  file: File, tables: ReadonlyMap<string, PerturbationTable>, tally: Tally,
): void {
  const full = file.microdata.map(({ rkey }) => rkey);
  const minus = file.microdata.filter(({ citizenship }) => citizenship !== 'STATELESS').map(({ rkey }) => rkey);
  for (const [name, published] of Object.entries(file.differencing.cells)) {
    const table = tableOf(tables, name);
    tally.equal(`${name}: all`, perturbedCount(table, full.length, cellKey(full)), published.full);
    tally.equal(`${name}: all but one`, perturbedCount(table, minus.length, cellKey(minus)), published.minus);
  }
  for (const [name, distribution] of Object.entries(file.difference_distribution)) {
    const last = tableOf(tables, name).blocks.at(-1) ?? [];
    for (const [difference, probability] of Object.entries(distribution)) {
      const sum = last.reduce((total, a) => total + last.reduce((part, b) =>
        part + (a.noise - b.noise === Number(difference) ? a.probability * b.probability : 0), 0), 0);
      tally.near(`${name}: two noises differ by ${difference}`, sum, probability, 1e-6);
    }
  }
}

function tableOf(tables: ReadonlyMap<string, PerturbationTable>, name: string): PerturbationTable {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`no perturbation table ${name}`);
  return table;
}
