import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessPolicy } from '../../src/access/access-policy.js';
import { TestService } from '../support/service.js';
import { routesOf, type Route } from './routes.js';

const GOLDEN = join(__dirname, 'role-endpoint-matrix.txt');

/** One person for each column. */
const PERSONS = [
  undefined, 'custodian-population', 'operator', 'statistician', 'board-methodology', 'auditor', 'administrator',
  'enforcement-officer',
];
const COLUMNS = ['nobody', 'custodian', 'operator', 'statistician', 'board', 'auditor', 'administrator', 'enforcement'];
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('role x endpoint', () => {
  let service: TestService;
  let routes: Route[];
  beforeAll(async () => {
    service = await TestService.start();
    routes = routesOf(service.service.application);
  });
  afterAll(() => service.stop());

  it('every route states an action that the policy knows', () => {
    expect(routes.length).toBeGreaterThan(10);
    const known = AccessPolicy.read().actions;
    expect(routes.filter(({ action }) => !action || !known.includes(action))).toEqual([]);
  });

  it('the guard lets through whom the checked-in matrix says, and nobody else', async () => {
    const lines = [[''.padEnd(52), ...COLUMNS].join(' ')];
    for (const route of routes) {
      const path = route.path.replace(/:\w+/g, UNKNOWN_ID);
      const cells: string[] = [];
      for (const [index, person] of PERSONS.entries()) {
        const { status } = await service.request(person, route.method, path);
        // Whatever the handler says (no such project, no body): the guard let the request pass.
        const verdict = status === 401 || status === 403 ? String(status) : 'yes';
        cells.push(verdict.padEnd(COLUMNS[index].length));
      }
      lines.push([`${route.method.padEnd(6)} ${route.path}`.padEnd(52), ...cells].join(' ').trimEnd());
    }
    const matrix = `${lines.join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, matrix);
    expect(matrix).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
