import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  declarationsOf, defaultSpecForRoles, encodeRecords, ExtractRiskCollector, parseEncodingSpec,
  parseRiskLevels, rolesOfSpec, type EncodingSpec, type ExtractRisk, type FieldSpec, type HardeningStep,
} from '#libs/encode';
import type { Cardinality } from '#libs/record';
import { synthesize } from '#libs/synthetic';

const LEVELS = parseRiskLevels(JSON.parse(
  readFileSync(join(__dirname, '../../config/encoding/risk-levels.json'), 'utf8')));
const SECRET = createHash('sha256').update('risk').digest();
const DIFFUSED: HardeningStep[] = [{ type: 'diffusion', t: 10 }];
const CLK: FieldSpec['role'][] = ['givenName', 'familyName', 'birthDate'];

const PEOPLE: ReadonlyMap<string, string>[] = [];
for (const { records } of synthesize({ people: 2600, seed: 3 })) {
  const record = records.find(({ registerId }) => registerId === 'population-register');
  if (record === undefined || PEOPLE.length === 1500) continue;
  PEOPLE.push(new Map([
    ['givenName', record.givenNames], ['familyName', record.familyName], ['birthDate', record.birthDate],
    ['sex', record.sex], ['placeOfBirth', record.countryOfBirth],
  ]));
}

function clk(
  roles: readonly FieldSpec['role'][], fill: number, hardening: readonly HardeningStep[] = [],
): EncodingSpec {
  return parseEncodingSpec({
    kind: 'vinculum-encoding-spec', version: 1, name: 'clk', profile: 'field-level', acceptSingleField: true,
    segments: [{ name: 'clk', bits: 512, fill, hardening, fields: roles.map((role) => ({ role })) }],
  });
}

interface RiskOptions {
  readonly declaredBy?: EncodingSpec;
  readonly people?: readonly ReadonlyMap<string, string>[];
  readonly cardinality?: Cardinality;
  readonly damage?: (filters: Uint8Array) => void;
}

function riskOf(
  spec: EncodingSpec,
  { declaredBy = spec, people = PEOPLE, cardinality = 'unique', damage = () => {} }: RiskOptions = {},
): ExtractRisk {
  const { segments, records } = encodeRecords(spec, SECRET, { registerId: 'r', cardinality },
    people.map((person) => rolesOfSpec(spec).map((role) => person.get(role) ?? '')));
  segments.forEach(({ filters }) => damage(filters));
  const collector = new ExtractRiskCollector(segments);
  for (let row = 0; row < records; row++) {
    collector.add(Buffer.concat(segments.map(({ filters, bits }) =>
      filters.subarray((row * bits) / 8, ((row + 1) * bits) / 8))), 0);
  }
  return collector.judge(LEVELS, declarationsOf(declaredBy), cardinality);
}

const reasons = ({ segments, records }: ExtractRisk): string[] =>
  [...segments, records].flatMap(({ findings }) => findings.map(({ statistic, verdict }) => `${verdict} ${statistic}`));

describe('the risk of an extract', () => {
  it('is good for the default profile', () => {
    const risk = riskOf(defaultSpecForRoles(['givenName', 'familyName', 'birthDate', 'sex', 'placeOfBirth']));
    expect(reasons(risk)).toEqual([]);
    expect(risk.verdict).toBe('good');
    for (const { statistics } of risk.segments) {
      expect(statistics.fillMean).toBeGreaterThan(0.45);
      expect(statistics.weightDispersion).toBeLessThan(1.2);
      expect(statistics.correlation).toBeLessThan(1.5);
      expect(statistics.entropy).toBeGreaterThan(0.99);
    }
  });

  it.each([
    ['a given name alone', clk(['givenName'], 0.23), {}, 'refuse duplicateShare'],
    ['a hardened given name alone', clk(['givenName'], 0.2, DIFFUSED), {}, 'refuse duplicateShare'],
    ['a surname alone', clk(['familyName'], 0.23), {}, 'refuse duplicateShare'],
    ['sex alone', clk(['sex'], 0.11), {}, 'refuse constantColumns'],
    ['too few bits a token', clk(CLK, 0.064), {}, 'refuse fillMean'],
    ['too many bits a token', clk(CLK, 0.889), {}, 'refuse fillMean'],
    ['plain filters under a hardened profile', clk(CLK, 0.45),
      { declaredBy: clk(CLK, 0.45, DIFFUSED) }, 'refuse weightDispersion'],
    ['sparse plain filters under a hardened profile', clk(CLK, 0.2),
      { declaredBy: clk(CLK, 0.2, DIFFUSED) }, 'refuse correlation'],
    ['rows of zeros', clk(CLK, 0.2, DIFFUSED),
      { damage: (filters: Uint8Array) => { filters.fill(0, 0, 64 * 75); } }, 'refuse emptyShare'],
    ['rows of ones', clk(CLK, 0.2, DIFFUSED),
      { damage: (filters: Uint8Array) => { filters.fill(255, 0, 64 * 15); } }, 'refuse fullShare'],
    ['one filter for all', clk(CLK, 0.2, DIFFUSED),
      { damage: (filters: Uint8Array) => {
        for (let row = 64; row < filters.length; row += 64) filters.copyWithin(row, 0, 64);
      } }, 'refuse weightDispersion'],
  ])('is refused for %s', (_name, spec, options, reason) => {
    const risk = riskOf(spec, options);
    expect(reasons(risk)).toContain(reason);
    expect(risk.verdict).toBe('refuse');
  });

  it('is a warning at most for plain filters that are declared plain', () => {
    const risk = riskOf(clk(CLK, 0.45));
    expect(risk.verdict).not.toBe('refuse');
    expect(risk.segments[0].statistics.weightDispersion).toBeGreaterThan(1.35);
  });

  it.each<[string, HardeningStep[], number]>([
    ['diffusion with t = 5', [{ type: 'diffusion', t: 5 }], 0.2], ['XOR-fold', [{ type: 'xor-fold' }], 0.45],
    ['Rule 90', [{ type: 'rule-90' }], 0.45],
  ])('tells hardening by %s from none', (_name, hardening, fill) => {
    const statistic = (steps: HardeningStep[]): number =>
      riskOf(clk(CLK, fill, steps)).segments[0].statistics.correlation;
    expect(statistic(hardening)).toBeLessThan(0.6 * statistic([]));
  });

  it('does not take a person with many records for a frequent value', () => {
    const people = [...PEOPLE, ...PEOPLE.slice(0, 150), ...PEOPLE.slice(0, 50)];
    const spec = clk([...CLK, 'sex'], 0.2, DIFFUSED);
    expect(reasons(riskOf(spec, { people }))).toContain('refuse duplicateShare');
    expect(riskOf(spec, { people, cardinality: 'many' }).verdict).not.toBe('refuse');
  });

  it('is not judged from too few records', () => {
    const risk = riskOf(defaultSpecForRoles(CLK), { people: PEOPLE.slice(0, 20) });
    expect(risk).toMatchObject({ verdict: 'too-few-records', records: { verdict: 'too-few-records', findings: [] } });
  });
});
