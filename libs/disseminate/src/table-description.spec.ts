import { describeTable, type ReleaseTable } from './index.js';

const release: ReleaseTable = {
  dimensions: [{ id: 'SEX', codes: ['F', 'M'] }],
  cells: [
    { codes: ['F'], value: null, obsStatus: 'Q', confStatus: 'A' },
    { codes: ['M'], value: 12, obsStatus: 'A', confStatus: 'F' },
  ],
  policy: { name: 'default', minimumCount: 7, perturbationTableHash: 'ab'.repeat(32) },
};
const metadata = {
  agency: 'NSO_XX', dataflow: 'DF', version: '1.0.0', title: 'Residents', referenceArea: 'AT', timePeriod: '2024',
};

it('tells what the table is and how it was protected, with the parameters of this release', () => {
  const description = describeTable(release, metadata, { maximumNoise: 4, variance: 2.5, blockedUpTo: 2 });
  expect(description).toMatchObject({
    title: 'Residents', dataflow: 'NSO_XX:DF(1.0.0)', cells: 2, suppressedCells: 1, dimensions: ['SEX'],
    protection: { policy: 'default', minimumCount: 7, noise: { maximumNoise: 4, variance: 2.5, blockedUpTo: 2 } },
  });
  expect(description.notes.join(' ')).toMatch(/variance 2\.5 and at most 4.*minimum count \(7/s);
  expect(description.leaks).toMatch(/within 4 persons/);
});

it('passes on nothing that it is handed by mistake', () => {
  const noise = { maximumNoise: 4, variance: 2.5, blockedUpTo: 2, recordKeySecret: 'never' };
  expect(JSON.stringify(describeTable(release, metadata, noise))).not.toContain('never');
});
