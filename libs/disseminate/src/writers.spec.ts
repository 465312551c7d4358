import fc from 'fast-check';
import {
  readCsv, readSdmxCsv, toCsv, toSdmxCsv, writeCsv, writeSdmxCsv, type ReleaseTable, type TableMetadata,
} from './index.js';

const metadata: TableMetadata = {
  agency: 'NSO_XX', dataflow: 'DF_MIGR_STOCK', version: '1.0.0', title: 'Usual residents',
  referenceArea: 'AT', timePeriod: '2024-01-01',
};
const release: ReleaseTable = {
  dimensions: [{ id: 'SEX', codes: ['F', '_T'] }, { id: 'CITIZENSHIP_GRP', codes: ['STLS', '_T'] }],
  cells: [
    { codes: ['F', 'STLS'], value: null, obsStatus: 'Q', confStatus: 'A' },
    { codes: ['F', '_T'], value: 1204, obsStatus: 'A', confStatus: 'F' },
    { codes: ['_T', 'STLS'], value: 0, obsStatus: 'A', confStatus: 'F' },
  ],
  policy: { name: 'default', minimumCount: 5, perturbationTableHash: 'ab'.repeat(32) },
};

it('writes a release as CSV, a suppressed value empty', () => {
  expect(toCsv(release, metadata)).toBe([
    'SEX,CITIZENSHIP_GRP,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS',
    'F,STLS,2024-01-01,,Q,A', 'F,_T,2024-01-01,1204,A,F', '_T,STLS,2024-01-01,0,A,F', '',
  ].join('\r\n'));
});

it('writes a release as SDMX-CSV, a suppressed value NaN', () => {
  const text = toSdmxCsv(release, metadata);
  expect(text).toBe([
    'STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,SEX,CITIZENSHIP_GRP,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,'
      + 'OBS_STATUS,CONF_STATUS',
    'dataflow,NSO_XX:DF_MIGR_STOCK(1.0.0),R,A,AT,F,STLS,2024-01-01,NaN,PS,Q,A',
    'dataflow,NSO_XX:DF_MIGR_STOCK(1.0.0),R,A,AT,F,_T,2024-01-01,1204,PS,A,F',
    'dataflow,NSO_XX:DF_MIGR_STOCK(1.0.0),R,A,AT,_T,STLS,2024-01-01,0,PS,A,F', '',
  ].join('\n'));
  expect(writeSdmxCsv(readSdmxCsv(text))).toBe(text);
});

it('refuses a release whose values and statuses disagree, and metadata that would break a name', () => {
  const broken = (cell: object): ReleaseTable =>
    ({ ...release, cells: [{ ...release.cells[1], ...cell }] });
  expect(() => toCsv(broken({ value: null }), metadata)).toThrow(/agrees with its status/);
  expect(() => toCsv(broken({ obsStatus: 'Q', confStatus: 'A' }), metadata)).toThrow(/agrees with its status/);
  expect(() => toSdmxCsv(broken({ value: 3.5 }), metadata)).toThrow(/agrees with its status/);
  expect(() => toSdmxCsv(release, { ...metadata, dataflow: 'A(B)', version: '1' })).toThrow(/dataflow.*version/);
});

describe('RFC 4180', () => {
  it('is written and read back alike, whatever the fields hold', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', 'é') });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    fc.assert(fc.property(rows, fc.constantFrom('\n' as const, '\r\n' as const), (given, lineEnd) => {
      expect(readCsv(writeCsv(given, lineEnd))).toEqual(given);
    }));
  });

  it('refuses quotes out of place', () => {
    expect(() => readCsv('a,b"c\n')).toThrow(/row 0: a quote inside/);
    expect(() => readCsv('a\n"b"c\n')).toThrow(/row 1: text after/);
    expect(() => readCsv('"a')).toThrow(/never closed/);
    expect(readCsv('a,')).toEqual([['a', '']]);
  });
});

describe('readSdmxCsv', () => {
  const head = 'STRUCTURE,STRUCTURE_ID,ACTION,SEX,OBS_VALUE\n';

  it('reads a message without an action', () => {
    const text = 'STRUCTURE,STRUCTURE_ID,SEX,OBS_VALUE\ndataflow,X:DF(1.0),F,3\n';
    expect(readSdmxCsv(text).action).toBeUndefined();
    expect(writeSdmxCsv(readSdmxCsv(text))).toBe(text);
  });

  it.each([
    ['no header', 'SEX,OBS_VALUE\nF,3\n', /header/],
    ['no observation', head, /at least one observation/],
    ['a short row', `${head}dataflow,X:DF(1.0),R,F\n`, /1 errors/],
    ['an unknown action', `${head}dataflow,X:DF(1.0),Z,F,3\n`, /1 errors/],
    ['another structure', `${head}dataflow,X:DF(1.0),R,F,3\ndataflow,X:DG(1.0),R,M,3\n`, /1 errors/],
    ['a structure id without a version', `${head}dataflow,X:DF,R,F,3\n`, /1 errors/],
    ['a column twice', 'STRUCTURE,STRUCTURE_ID,SEX,SEX\ndataflow,X:DF(1.0),F,3\n', /1 errors/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => readSdmxCsv(text)).toThrow(message);
  });
});
