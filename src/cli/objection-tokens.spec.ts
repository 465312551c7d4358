import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createEncoder, encodingSpecHash, parseEncodingSpec, segmentShapes, type EncodingSpec } from '#libs/encode';
import type { JsonValue } from '#libs/record';
import { ExtractWriter } from '../extract-folder/index.js';
import { encodingToken } from '../objections/encoding-token.js';

const CLI = resolve(__dirname, '../../dist/src/cli.js');
const SECRET = new Uint8Array(32).fill(7);
const ANA = ['ana', 'lopez', '1970-05-31'];
const EVA = ['eva', 'ruiz', '1988-02-29'];
const NOBODY = ['', '', ''];

let folder: string;
let extracts = 0;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-tokens-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const specOf = (hardening: object[]): EncodingSpec => parseEncodingSpec({
  kind: 'vinculum-encoding-spec', version: 1, name: 'x', profile: 'field-level',
  segments: ['givenName', 'familyName', 'birthDate'].map((role) => (
    { name: role.toLowerCase(), bits: 512, fill: 0.45, fields: [{ role }], hardening })),
  acceptSingleField: true,
});

function encoderOf(spec: EncodingSpec): ReturnType<typeof createEncoder> {
  return createEncoder(spec, SECRET, { randomBytes: (length) => new Uint8Array(length).fill(1) });
}

/** An extract of people, the first with record id `firstId` and so on. */
function extractOf(people: string[][], firstId: number, spec = specOf([])): string {
  const encoder = encoderOf(spec);
  const path = join(folder, `${++extracts}`);
  const writer = new ExtractWriter(path, {
    registerId: 'r', cardinality: 'unique', referenceDate: '2026-01-01', specHash: encodingSpecHash(spec),
    keyFingerprint: '00'.repeat(8), segments: segmentShapes(spec), spec: spec as unknown as JsonValue,
  }, { content: false, events: false });
  const filters = new Uint8Array(encoder.recordBytes);
  people.forEach((values, row) => {
    encoder.encode(values, filters, 0);
    const id = new Uint8Array(16);
    new DataView(id.buffer).setUint32(0, firstId + row);
    writer.writeRecord(id, filters);
  });
  writer.finish();
  return path;
}

function tokens(...args: string[]): { code: number | null; lines: string[]; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'objection-tokens', ...args], { encoding: 'utf8' });
  return { code: status, lines: stdout.split('\n').filter(Boolean), err: stderr };
}

function tokensOf(people: string[][]): string[] {
  const encoder = encoderOf(specOf([]));
  return people.map((person) => {
    const filters = new Uint8Array(encoder.recordBytes);
    encoder.encode(person, filters, 0);
    return encodingToken([filters])!.toString('hex');
  });
}

it('prints requests with the token of each person, whatever the record id', () => {
  const asked = tokens(extractOf([ANA, EVA, ANA], 1));
  expect(asked).toMatchObject({ code: 0, err: '' });
  expect(asked.lines.map((line) => JSON.parse(line))).toEqual([{ tokens: tokensOf([ANA, EVA]), scope: 'project' }]);
  const later = tokens(extractOf([EVA], 99), '--scope', 'all-uses');
  expect(later.lines.map((line) => JSON.parse(line))).toEqual([{ tokens: tokensOf([EVA]), scope: 'all-uses' }]);
});

it('puts no more into a request than the service takes', () => {
  const many = Array.from({ length: 1_001 }, (_, day) => (
    ['ana', 'lopez', new Date(day * 86_400_000).toISOString().slice(0, 10)]));
  const asked = tokens(extractOf(many, 1));
  const lines = asked.lines.map((line) => (JSON.parse(line) as { tokens: string[] }).tokens);
  expect([asked.err, ...lines.map(({ length }) => length)]).toEqual(['', 1_000, 1]);
  expect(lines.flat()).toEqual(tokensOf(many));
});

it('refuses rows that stand for nobody, a spec with noise, files that were altered, and another scope', () => {
  expect(tokens(extractOf([ANA, NOBODY], 1))).toMatchObject(
    { code: 2, lines: [], err: expect.stringMatching(/NOBODY_ENCODED[^]*row 2/) });
  const noisy = extractOf([ANA], 1, specOf([{ type: 'blip', f: 0.1 }]));
  expect(tokens(noisy)).toMatchObject({ code: 2, lines: [], err: expect.stringContaining('ENCODING_NOT_STEADY') });
  const altered = extractOf([ANA], 1);
  writeFileSync(join(altered, 'encodings.bin'), Buffer.alloc(208, 1));
  expect(tokens(altered)).toMatchObject({ code: 2, lines: [], err: expect.stringContaining('vinculum inspect') });
  expect(tokens(altered, '--scope', 'here')).toMatchObject({ code: 2, err: expect.stringContaining('BAD_USAGE') });
  expect(tokens(join(folder, 'none'))).toMatchObject({ code: 2, err: expect.stringContaining('EXTRACT_NOT_FOUND') });
});
