import { CONTENT_HEADER } from '#libs/record';
import { parseExtractManifest } from '../extract-folder/index.js';
import { TinyExtract } from '../../test/support/tiny-extract.js';
import { parseContentMap, variablesOfMap } from './content-map.js';

describe('a content map', () => {
  it('declares its variables as the content names them, each with its source, and no others', () => {
    const map = parseContentMap({
      countryOfBirth: { column: 'land', source: 'self' }, sex: { column: 's', codes: { w: 'F' } },
      birthMonth: { column: 'b', source: 'inferred' },
    });
    const variables = variablesOfMap(map);
    expect(variables).toEqual([
      { name: 'sex', source: 'third-party' }, { name: 'birth_month', source: 'inferred' },
      { name: 'country_of_birth', source: 'self' }]);
    const { manifest } = TinyExtract.create(1);
    expect(parseExtractManifest({ ...manifest, variables })).toMatchObject({ variables });
  });

  it('of all variables names every column of the content', () => {
    const all = Object.fromEntries(['sex', 'birthMonth', 'citizenship', 'countryOfBirth'].map((name) => [name, { column: 'c' }]));
    expect(variablesOfMap(parseContentMap(all)).map(({ name }) => name)).toEqual(CONTENT_HEADER.slice(1));
    expect(variablesOfMap({})).toEqual([]);
  });

  it.each([['guessed'], [7], [null]])('refuses the source %p', (source) => {
    expect(() => parseContentMap({ citizenship: { column: 'c', source } }))
      .toThrow('citizenship.source: expected one of self, third-party, inferred');
  });
});
