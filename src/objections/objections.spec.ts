import { approvedProject } from '../../test/support/projects.js';
import { TestService, type Answer } from '../../test/support/service.js';
import { encodingToken } from './encoding-token.js';

const CUSTODIAN = 'custodian-population';
const REGISTER = 'population-register';
const ID = '0a'.repeat(16);
const TOKEN = '5b'.repeat(32);

/** To what linkage runs make of them: test/one-way-valve. */
describe('objections', () => {
  let service: TestService;
  let project: string;
  beforeAll(async () => { service = await TestService.start(); });
  beforeEach(async () => { project = await approvedProject(service); });
  afterEach(() => service.query('owner', 'DELETE FROM encodings.objection'));
  afterAll(() => service.stop());

  const post = (what: 'objections' | 'objection-withdrawals', body: object, person = CUSTODIAN): Promise<Answer> =>
    service.request(person, 'POST', `/api/projects/${project}/registers/${REGISTER}/${what}`, body);
  const stored = (): Promise<{ kind: string; mark: Buffer; project: string | null }[]> => service.query(
    'owner', 'SELECT kind, mark, project FROM encodings.objection ORDER BY kind, filed_at');

  it('keeps marks of ids and of tokens, and neither itself; each is withdrawn by itself', async () => {
    const both = { recordIds: [ID], tokens: [TOKEN], scope: 'project' };
    expect(await post('objections', both)).toMatchObject({ status: 201, body: { state: 'filed' } });
    expect(await post('objections', both)).toMatchObject({ status: 201, body: { state: 'filed' } });
    const rows = await stored();
    expect(rows).toMatchObject([{ kind: 'record', project }, { kind: 'token', project }]);
    for (const { mark } of rows) expect([ID.repeat(2), TOKEN]).not.toContain(mark.toString('hex'));
    // With another scope there is nothing to withdraw, and nobody is told.
    const withdrawn = { status: 200, body: { state: 'withdrawn' } };
    expect(await post('objection-withdrawals', { tokens: [TOKEN], scope: 'all-uses' })).toMatchObject(withdrawn);
    expect(await stored()).toHaveLength(2);
    expect(await post('objection-withdrawals', { tokens: [TOKEN], scope: 'project' })).toMatchObject(withdrawn);
    expect(await stored()).toMatchObject([{ kind: 'record' }]);
    expect(await post('objection-withdrawals', { recordIds: [ID], scope: 'project' })).toMatchObject(withdrawn);
    expect(await stored()).toEqual([]);
  });

  it('the log says by what, and not whom or how many', async () => {
    await post('objections', { tokens: [TOKEN, '6c'.repeat(32)], scope: 'all-uses' });
    const logged = (await service.auditEvents()).filter(({ action, project: of }) =>
      action === 'objection.file' && of === project);
    expect(logged).toMatchObject([{ details: { scope: 'all-uses', by: ['tokens'] } }]);
    expect(JSON.stringify(logged)).not.toContain(TOKEN.slice(0, 16));
  });

  it.each<[string, object]>([
    ['nobody', { scope: 'project' }],
    ['nobody, twice', { recordIds: [], tokens: [], scope: 'project' }],
    ['no tokens', { tokens: [], scope: 'project' }],
    ['null', { recordIds: null, tokens: null, scope: 'project' }],
    ['an id for a token', { tokens: [ID], scope: 'project' }],
    ['a token for an id', { recordIds: [TOKEN], scope: 'project' }],
    ['a token, and ids that are none', { recordIds: ['x'], tokens: [TOKEN], scope: 'project' }],
    ['capitals', { tokens: [TOKEN.toUpperCase()], scope: 'project' }],
    ['too many tokens', { tokens: Array.from({ length: 1_001 }, () => TOKEN), scope: 'project' }],
    ['too many ids', { recordIds: Array.from({ length: 2_001 }, () => ID), scope: 'project' }],
    ['no scope', { tokens: [TOKEN] }],
  ])('refuses %s', async (_, body) => {
    expect(await post('objections', body)).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } });
    expect(await stored()).toEqual([]);
  });

  it('is for the custodian of the register', async () => {
    const refused = await post('objections', { tokens: [TOKEN], scope: 'project' }, 'custodian-permits');
    expect(refused).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_REGISTER' } });
  });
});

describe('the token of an encoding', () => {
  // What custodians have filed must be found for ever.
  const GOLDEN = '6ecaa9ed19b7419645bab5108c4449d21c10dfdca9253e86fd66db1916e50966';

  it('is the same wherever segments are cut, and as it was', () => {
    expect(encodingToken([Uint8Array.of(1, 2, 3, 4)])?.toString('hex')).toBe(GOLDEN);
    expect(encodingToken([Uint8Array.of(1), Uint8Array.of(2, 3, 4)])?.toString('hex')).toBe(GOLDEN);
    expect(encodingToken([Uint8Array.of(1, 2, 3, 5)])?.toString('hex')).not.toBe(GOLDEN);
  });

  it('is none where nothing is encoded', () => {
    expect(encodingToken([new Uint8Array(8), new Uint8Array(4)])).toBeUndefined();
  });
});
