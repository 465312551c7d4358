import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEncodingSpec, type BlockPart, type EncodingSpec, type HardeningStep } from '#libs/encode';
import {
  DEFAULT_SPEC, EncodedRegister, inventedPeople, oneFilter, type Person, type RegisterChange,
} from '../../test/support/encoded-register.js';
import { approvedProject, PROJECT } from '../../test/support/projects.js';
import { TestService, type Answer } from '../../test/support/service.js';
import { ExtractApi } from '../submission/extract-api.js';
import { ServiceRefusal } from '../submission/problem.js';
import { submitExtract } from '../submission/submit-extract.js';
import type { ExtractView } from './extract-view.js';
import type { ReportView } from './report-view.js';

const DIFFUSED: HardeningStep[] = [{ type: 'diffusion', t: 10 }];
interface Unsafe extends RegisterChange {
  readonly people?: Person[];
  readonly damage?: Damage;
}
type Damage = (filters: Uint8Array, row: number) => void;
const PEOPLE = inventedPeople(1_000, 11);
const OTHERS = inventedPeople(900, 12);

/** As in FEBRL's files: few given names, some of which are everywhere (Zipf's law). */
const GIVEN_NAMES: Person[] = Array.from({ length: 3_000 }, (_, i) =>
  new Map([['givenName', `name${String.fromCharCode(...[...String(rank(i))].map((digit) => 97 + Number(digit)))}`]]));

function rank(i: number): number {
  const fraction = createHash('sha256').update(String(i)).digest().readUInt32BE() / 2 ** 32;
  return Math.floor(400 ** fraction);
}
const FIRST = EncodedRegister.create(DEFAULT_SPEC, PEOPLE);
const SECOND = EncodedRegister.create(DEFAULT_SPEC, OTHERS, { registerId: 'residence-permits' });
const OTHER_KEY = EncodedRegister.create(DEFAULT_SPEC, OTHERS, { registerId: 'residence-permits', key: 'other' });
const NAMES = ['givenName', 'familyName', 'birthDate'] as const;
const whole = (fill: number, hardening: HardeningStep[] = []): ReturnType<typeof oneFilter> =>
  oneFilter(NAMES, fill, hardening);

describe('checks at the door', () => {
  let service: TestService;
  let folder: string;
  let folders = 0;
  beforeAll(async () => {
    service = await TestService.start();
    folder = mkdtempSync(join(tmpdir(), 'vinculum-door-'));
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  const api = (person: string): ExtractApi => new ExtractApi(service.url, () => service.token(person));

  function submit(project: string, extract: EncodedRegister, person = 'custodian-population'): Promise<ExtractView> {
    const path = extract.write(join(folder, `extract-${++folders}`));
    return submitExtract({ api: api(person), project, folder: path, parallel: 2 });
  }

  async function refusalOf(project: string, extract: EncodedRegister, person?: string): Promise<string> {
    return submit(project, extract, person).then(() => 'accepted', (error: unknown) => {
      if (error instanceof ServiceRefusal) return error.problem.code;
      throw error;
    });
  }

  /** The report that the custodian reads afterwards, of the newest extract. */
  async function report(): Promise<ReportView> {
    const [{ id }] = await service.query<{ id: string }>('owner',
      'SELECT id FROM encodings.extract ORDER BY created_at DESC LIMIT 1');
    const { body } = await service.request('custodian-population', 'GET', `/api/extracts/${id}`);
    return (body as ExtractView).report!;
  }

  const reasons = ({ safety }: ReportView): string[] => safety!.findings
    .filter(({ verdict }) => verdict === 'refuse').map(({ statistic }) => statistic);

  it('the default profile passes, and the report says what it was judged as', async () => {
    const project = await approvedProject(service);
    const view = await submit(project, FIRST);
    expect(view.state).toBe('accepted');
    expect(view.report).toMatchObject({ verdict: 'accepted', rows: [], safety: { verdict: 'good', findings: [] } });
    expect(view.report?.safety?.segments.map(({ declared }) => declared)).toEqual(
      DEFAULT_SPEC.segments.map(() => 'hardened'));
    expect(await report()).toEqual(view.report);
  });

  it.each<[string, ReturnType<typeof oneFilter>, Unsafe, string]>([
    ['a given name alone', oneFilter(['givenName'], 0.22), { people: GIVEN_NAMES }, 'alignableShare'],
    ['a hardened given name alone', oneFilter(['givenName'], 0.2, DIFFUSED), { people: GIVEN_NAMES }, 'alignableShare'],
    ['a surname alone', oneFilter(['familyName'], 0.23), {}, 'duplicateShare'],
    ['sex alone', oneFilter(['sex'], 0.11), {}, 'constantColumns'],
    ['too few bits a token', whole(0.064), {}, 'fillMean'],
    ['too many bits a token', whole(0.889), {}, 'fillMean'],
    ['empty records', whole(0.45),
      { damage: (filters, row) => { if (row % 20 === 0) filters.fill(0); } }, 'emptyShare'],
    ['one filter for all', whole(0.45), { damage: (filters) => { filters.fill(0x5a); } }, 'weightDispersion'],
    ['plain filters without a word about it', whole(0.45), { manifest: { spec: undefined as never } }, 'weightDispersion'],
  ])('%s is refused for its reason, and nothing of it stays', async (_name, spec, change, reason) => {
    const project = await approvedProject(service);
    const { people = PEOPLE, damage = () => undefined, ...changed } = change;
    const extract = EncodedRegister.create(spec, people, changed).changed(damage);
    expect(await refusalOf(project, extract)).toBe('ENCODINGS_UNSAFE');
    const found = await report();
    expect(found).toMatchObject({ verdict: 'refused', code: 'ENCODINGS_UNSAFE', rows: [] });
    expect(reasons(found)).toContain(reason);
    const [left] = await service.query<Record<string, unknown>>('owner',
      `SELECT (SELECT count(*)::int FROM encodings.chunk c JOIN encodings.extract e ON e.id = c.extract
         WHERE e.project = $1) AS chunks,
       (SELECT count(*)::int FROM encodings.column_share WHERE project = $1) AS shares,
       (SELECT count(*)::int FROM encodings.extract WHERE project = $1 AND wrapped_key IS NOT NULL) AS keys`, [project]);
    expect(left).toEqual({ chunks: 0, shares: 0, keys: 0 });
  });

  it('plain filters pass, with warnings, where their spec declares them plain', async () => {
    const view = await submit(await approvedProject(service), EncodedRegister.create(whole(0.45), PEOPLE));
    expect(view.report?.safety?.segments).toMatchObject([{ declared: 'plain' }]);
    expect(view.report?.safety?.verdict).not.toBe('refuse');
  });

  describe('block keys', () => {
    const initial = { role: 'givenName', take: 'letters', letters: 1 } as const;
    const withBlocks = (...parts: BlockPart[]): EncodingSpec =>
      parseEncodingSpec({ ...DEFAULT_SPEC, blocks: [{ name: 'rule', parts }] });

    it('pass where the spec has rules for them, judged as what they are, and are no part of the cross-file test', async () => {
      const spec = withBlocks(initial, { role: 'birthDate', take: 'date' });
      const project = await approvedProject(service);
      const view = await submit(project, EncodedRegister.create(spec, PEOPLE));
      expect(view.state).toBe('accepted');
      expect(view.report?.safety?.segments.at(-1)).toEqual({ name: 'rule', declared: 'block-keys', verdict: 'good' });
      const other = EncodedRegister.create(spec, OTHERS, { registerId: 'residence-permits' });
      await submit(project, other, 'custodian-permits');
      const { body } = await service.request('operator', 'GET', `/api/projects/${project}/cross-checks`);
      expect(body).toMatchObject([{ verdict: 'same' }]);
      const [{ segments }] = body as unknown as { segments: object[] }[];
      expect(segments).toHaveLength(DEFAULT_SPEC.segments.length);
      expect(await refusalOf(project, FIRST)).toBe('SPEC_HASH_DIFFERS');
    });

    it('are kept beside the filters, and a linkage run takes them for no filter', async () => {
      const shared = 300;
      const spec = withBlocks(initial, { role: 'birthDate', take: 'date' });
      const project = await approvedProject(service, { registers: PROJECT.registers.slice(0, 2) });
      const first = await submit(project, EncodedRegister.create(spec, PEOPLE));
      const people = [...PEOPLE.slice(0, shared), ...OTHERS];
      const permits = EncodedRegister.create(spec, people, { registerId: 'residence-permits' });
      const second = await submit(project, permits, 'custodian-permits');
      const started = await service.request('operator', 'POST', `/api/projects/${project}/linkage-runs`);
      const { runId } = started.body as { runId: string };
      for (let state = 'queued'; state !== 'done';) {
        await new Promise((done) => { setTimeout(done, 200); });
        ({ body: { state } } = await service.request('operator', 'GET', `/api/linkage-runs/${runId}`));
        expect(['queued', 'running', 'done']).toContain(state);
      }
      const [{ right }] = await service.query<{ right: number }>('owner',
        `SELECT count(*)::int AS right FROM links.entity_record a JOIN links.entity_record b USING (run, entity)
         WHERE run = $1 AND a.extract = $2 AND b.extract = $3 AND a.row_no = b.row_no`, [runId, first.extractId, second.extractId]);
      expect(right).toBeGreaterThan(0.98 * shared);
    });

    it('are refused where values can be read off the sizes of their blocks', async () => {
      const coarse = withBlocks({ role: 'sex', take: 'value' }, initial);
      const project = await approvedProject(service);
      expect(await refusalOf(project, EncodedRegister.create(coarse, PEOPLE))).toBe('ENCODINGS_UNSAFE');
      expect(reasons(await report())).toEqual(expect.arrayContaining(['alignableShare', 'greatestShare']));
    });

    it('are refused where no spec says that there should be any', async () => {
      const spec = withBlocks(initial, { role: 'birthDate', take: 'date' });
      const project = await approvedProject(service);
      const unsaid = EncodedRegister.create(spec, PEOPLE, { manifest: { spec: undefined as never } });
      expect(await refusalOf(project, unsaid)).toBe('BLOCKS_NOT_ATTESTED');
      const other = EncodedRegister.create(spec, PEOPLE, { manifest: { spec: DEFAULT_SPEC as never } });
      expect(await refusalOf(project, other)).toBe('SPEC_NOT_ATTESTED');
    });
  });

  it('a spec that is not the one of the hash, or gives other filters, is refused before a byte is sent', async () => {
    const project = await approvedProject(service);
    const plain = EncodedRegister.create(whole(0.45), PEOPLE);
    const lie = EncodedRegister.create(whole(0.45), PEOPLE,
      { manifest: { spec: whole(0.45, DIFFUSED) as never } });
    expect(await refusalOf(project, lie)).toBe('SPEC_NOT_ATTESTED');
    const short = { ...plain.manifest, segments: [{ name: 'clk', bits: 512 }], records: 0,
      parts: { encodings: { ...plain.manifest.parts.encodings, rows: 0, bytes: 0 } } };
    const answer = await service.request('custodian-population', 'POST', `/api/projects/${project}/extracts`, short);
    expect([answer.status, answer.body.code]).toEqual([422, 'FILTER_LENGTH_DIFFERS']);
  });

  describe('two extracts of a project', () => {
    const checks = async (project: string, person = 'operator'): Promise<Answer> =>
      service.request(person, 'GET', `/api/projects/${project}/cross-checks`);

    it('agree where they were encoded alike; the operator hears it and the custodian does not', async () => {
      const project = await approvedProject(service);
      const first = await submit(project, FIRST);
      const view = await submit(project, SECOND, 'custodian-permits');
      expect(JSON.stringify([first, view])).not.toMatch(/same|cross/);
      expect((await checks(project)).body).toMatchObject([
        { registers: ['population-register', 'residence-permits'], verdict: 'same' }]);
      expect((await checks(project, 'custodian-permits')).status).toBe(403);
      const sealed = (await service.auditEvents()).filter(({ action, project: of }) =>
        action === 'extract.seal' && of === project);
      expect(sealed.at(-1)).toMatchObject({ details: { crossChecks: [{ register: 'population-register', verdict: 'same' }] } });
    });

    it.each<[string, EncodedRegister, string]>([
      ['another key behind the same fingerprint', OTHER_KEY.withoutCanaries(), 'different'],
      ['bytes that were turned around', SECOND.changed((filters) => {
        let at = 0;
        for (const { bits } of DEFAULT_SPEC.segments) {
          filters.subarray(at, at + bits / 8).reverse();
          at += bits / 8;
        }
      }), 'other-bit-order'],
      ['random bits', SECOND.changed((filters, row) => {
        for (let at = 0; at < filters.length; at += 32) {
          filters.set(createHash('sha256').update(`${row} ${at}`).digest(), at);
        }
      }), 'different'],
    ])('%s: accepted, and the operator hears it', async (_name, extract, verdict) => {
      const project = await approvedProject(service);
      await submit(project, FIRST);
      const view = await submit(project, extract, 'custodian-permits');
      expect(view.state).toBe('accepted');
      expect((await checks(project)).body).toMatchObject([{ verdict }]);
    });

    it('with other canaries: refused, and the segments named', async () => {
      const project = await approvedProject(service);
      await submit(project, FIRST);
      expect(await refusalOf(project, OTHER_KEY, 'custodian-permits')).toBe('CANARIES_DIFFER');
    });

    it('a new delivery takes the comparison of the old one with it', async () => {
      const project = await approvedProject(service);
      await submit(project, FIRST);
      await submit(project, SECOND, 'custodian-permits');
      await submit(project, FIRST.changed(() => undefined, 900));
      expect((await checks(project)).body).toHaveLength(1);
      const shares = await service.query('owner', 'SELECT 1 FROM encodings.column_share WHERE project = $1', [project]);
      expect(shares).toHaveLength(2);
    });
  });
});
