import { CONTENT_HEADER, type ExtractManifest } from '#libs/record';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import type { Project } from '../projects/project-view.js';
import { InferredVariables } from './inferred-variables.js';
import { assertFitsProject, variablesOf } from './project-fit.js';

const { manifest } = TinyExtract.create(3);
const { specHash, keyFingerprint, referenceDate } = manifest;
/** What the rules look at. */
const PROJECT = {
  state: 'collecting', encodingSpecHash: specHash, keyFingerprint, referenceDate, variables: ['sex', 'birth_month'],
  registers: [{ registerId: manifest.registerId, cardinality: manifest.cardinality, organisation: 'population-agency' }],
} as unknown as Project;
const AGREED: ExtractManifest = {
  ...manifest, variables: [{ name: 'sex', source: 'self' }, { name: 'birth_month', source: 'third-party' }],
};
const ALL = CONTENT_HEADER.slice(1);

function refusalOf(work: () => void): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a manifest against its project', () => {
  const refusal = (extract: Partial<ExtractManifest>, project: object = {}): string => refusalOf(() =>
    assertFitsProject({ ...AGREED, ...extract }, { ...PROJECT, ...project }, 'population-agency'));

  it('fits where it says what was agreed on, or less, or where nothing was laid down', () => {
    expect(refusal({})).toBe('none');
    expect(refusal({ variables: [] })).toBe('none');
    expect(refusal({ variables: [{ name: 'birth_month', source: 'self' }] })).toBe('none');
    expect(refusal({ referenceDate: '1999-12-31', variables: ALL.map((name) => ({ name, source: 'self' })) },
      { referenceDate: null, variables: null, encodingSpecHash: null, keyFingerprint: null })).toBe('none');
  });

  it.each<[string, Partial<ExtractManifest>, object, string]>([
    ['another reference date', { referenceDate: '2025-12-30' }, {}, 'REFERENCE_DATE_DIFFERS'],
    ['a variable beyond', { variables: [...AGREED.variables!, { name: 'citizenship', source: 'self' }] }, {}, 'VARIABLES_NOT_AGREED'],
    ['content without a word about its variables', { variables: undefined as never }, {}, 'VARIABLES_NOT_AGREED'],
    ['any variable where none was agreed on', {}, { variables: [] }, 'VARIABLES_NOT_AGREED'],
    ['another spec', { specHash: 'ff'.repeat(32) }, {}, 'SPEC_HASH_DIFFERS'],
    ['another key', { keyFingerprint: 'ff'.repeat(8) }, {}, 'KEY_FINGERPRINT_DIFFERS'],
    ['another cardinality', { cardinality: 'many' }, {}, 'CARDINALITY_DIFFERS'],
    ['a register of somebody else', { registerId: 'border-crossings' }, {}, 'NOT_YOUR_REGISTER'],
    ['a project that is not approved', {}, { state: 'submitted' }, 'PROJECT_STATE'],
  ])('%s is refused', (_name, extract, project, code) => {
    expect(refusal(extract, project)).toBe(code);
  });

  it('names what is beyond, and what was agreed on', () => {
    expect(() => assertFitsProject(
      { ...AGREED, variables: ALL.map((name) => ({ name, source: 'self' })) }, PROJECT, 'population-agency'))
      .toThrow('the project agreed on sex, birth_month, the extract delivers citizenship, country_of_birth too');
  });
});

describe('variables of an extract', () => {
  it('are those that it declares; all, as somebody else knew them, where it declares none; none without content', () => {
    expect(variablesOf(AGREED)).toEqual(AGREED.variables);
    expect(variablesOf(manifest)).toEqual(ALL.map((name) => ({ name, source: 'third-party' })));
    expect(variablesOf({ ...AGREED, parts: { encodings: AGREED.parts.encodings } })).toEqual([]);
  });

  it.each([['sex', false], ['citizenship', false], ['country_of_birth', false], ['birth_month', true]] as const)(
    '%s may be inferred: %s, as config/access/variables.json says', (name, allowed) => {
      const inferred = new InferredVariables();
      const check = (source: 'self' | 'inferred'): string => refusalOf(() =>
        inferred.assertNone({ ...manifest, variables: [{ name: 'sex', source: 'self' as const }, { name, source }].slice(name === 'sex' ? 1 : 0) }));
      expect([check('self'), check('inferred')]).toEqual(['none', allowed ? 'none' : 'VARIABLE_INFERRED']);
    });

  it('one that no configuration knows may not be inferred', () => {
    expect(refusalOf(() => new InferredVariables().assertNone(
      { ...manifest, variables: [{ name: 'religion', source: 'inferred' }] }))).toBe('VARIABLE_INFERRED');
  });
});
