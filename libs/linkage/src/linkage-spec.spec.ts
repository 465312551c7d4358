import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkageSpecText, parseLinkageSpec } from './linkage-spec.js';

type Json = Record<string, unknown>;

const DEFAULT = readFileSync(join(__dirname, '../../../config/linkage/default.json'), 'utf8');

/** The shipped spec with one member, at `path`, put in or (undefined) left out. */
function changed(path: string, value: unknown): Json {
  const spec = JSON.parse(DEFAULT) as Json;
  const parts = path.split('.');
  const last = parts.pop() as string;
  const holder = parts.reduce((object, part) => object[part] as Json, spec);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return spec;
}

function refusal(json: unknown): { code: string; message: string } {
  try {
    parseLinkageSpec(json);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it was not refused');
}

/** Every number, its bounds, and whether it is whole. */
const NUMBERS: readonly [string, number, number, boolean][] = [
  ['seed', 0, 4294967295, true], ['blocking.exhaustivePairs', 0, 1e12, true],
  ['blocking.tablesPerSegment', 1, 5000, true], ['blocking.comparisonsPerRecord', 1, 1e6, true],
  ['blocking.pairCompleteness', 0.5, 0.9999, false],
  ['blocking.maxCandidatesOfRecord', 1, 1e6, true],
  ['blocking.maxPairsInBucket', 1, 1e9, true], ['comparison.sampledPairs', 1000, 1e8, true],
  ['comparison.steps', 1, 100, true], ['score.rounds', 1, 20, true],
  ['decision.beta', 0.1, 10, false],
];

describe('linkage spec', () => {
  it('is read as it is written', () => {
    expect(parseLinkageSpec(JSON.parse(DEFAULT))).toEqual(JSON.parse(DEFAULT));
    const precise = changed('decision', { kind: 'target-precision', precision: 0.99 });
    expect(parseLinkageSpec(precise).decision).toEqual({ kind: 'target-precision', precision: 0.99 });
  });

  it.each(NUMBERS)('takes %s from %d to %d and nothing else', (path, least, most, whole) => {
    for (const good of [least, most]) expect(() => parseLinkageSpec(changed(path, good))).not.toThrow();
    const bad = [
      ...(path === 'blocking.maxCandidatesOfRecord' ? [] : [undefined]), null, '5', true, [], {}, [least], Number.NaN, Infinity, least - 1, most + 1, ...(whole ? [least + 0.5] : []),
    ];
    for (const value of bad) {
      expect(refusal(changed(path, value))).toMatchObject({
        code: 'LINKAGE_SPEC_INVALID',
        message: expect.stringContaining(`${path} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`),
      });
    }
  });

  it.each([
    ['kind', 'vinculum-encoding-spec', 'kind must be'], ['version', 2, 'version must be 1'], ['version', '1', 'version'],
    ['name', '', 'name must be'], ['name', 'Default', 'name must be'], ['name', 7, 'name must be'],
    ['decision', undefined, 'decision.kind must be one of'], ['decision.kind', 'maximum-f', 'decision.kind must be one of'],
    ['decision.kind', 'constructor', 'decision.kind must be one of'],
    ['decision.kind', 'target-precision', 'decision.precision must be a number from 0.5 to 0.9999'],
    ['blocking', undefined, 'blocking.tablesPerSegment must'], ['blocking', [1, 2], 'blocking.tablesPerSegment must'],
    ['score', 'x', 'score.rounds must'], ['comparison', null, 'comparison.steps must'],
  ])('refuses %s %j', (path, value, reason) => {
    expect(refusal(changed(path, value))).toMatchObject({
      code: 'LINKAGE_SPEC_INVALID', message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['extra', 1], ['extra', {}], ['extra', []], ['extra', null], ['blocking.extra', 1], ['blocking.extra', {}],
    ['score.extra', [[]]], ['decision.precision', 0.9], ['comparison.steps2', { a: { b: 1 } }],
  ])('refuses the unknown member %s %j by its name', (path, value) => {
    expect(refusal(changed(path, value)).message).toContain(`${path} is not known`);
  });

  it('takes a spec from before candidates were limited to have the limit of the shipped one', () => {
    const older = changed('blocking.maxCandidatesOfRecord', undefined);
    expect(parseLinkageSpec(older)).toEqual(JSON.parse(DEFAULT));
    expect(Object.hasOwn(older.blocking as Json, 'maxCandidatesOfRecord')).toBe(false);
  });

  it('refuses a member whose name only looks like a path', () => {
    const spec = JSON.parse(DEFAULT) as Json;
    spec['blocking.exhaustivePairs'] = 5;
    expect(refusal(spec).message).toContain('blocking.exhaustivePairs is not known');
  });

  it.each([[null], [undefined], [7], ['text'], [[]], [[1]], [{}], [true]])('refuses %j as a whole', (json) => {
    expect(refusal(json)).toMatchObject({ code: 'LINKAGE_SPEC_INVALID', message: expect.stringContaining('kind must') });
  });

  it('refuses nesting of any depth without falling over', () => {
    const deep = changed('extra', JSON.parse(`${'['.repeat(50000)}${']'.repeat(50000)}`));
    expect(refusal(deep)).toMatchObject({ code: 'LINKAGE_SPEC_INVALID' });
  });

  it('names every reason at once', () => {
    const { message } = refusal({ ...changed('seed', -1), version: 3, extra: 1 });
    expect(message).toMatch(/version must be 1; seed must .*; extra is not known/);
  });

  it('has one text, whatever the order of its members', () => {
    const spec = parseLinkageSpec(JSON.parse(DEFAULT));
    const reversed = Object.fromEntries(Object.entries(spec).reverse());
    expect(linkageSpecText(parseLinkageSpec(reversed))).toBe(linkageSpecText(spec));
    expect(linkageSpecText(parseLinkageSpec(changed('seed', 1)))).not.toBe(linkageSpecText(spec));
  });
});
