import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routesOf } from '../authz/routes.js';
import { TestService } from '../support/service.js';

const FOLDER = join(process.cwd(), 'src', 'api-description');
const checkedIn = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** The built program writes the document: the descriptions come from the compiler. */
describe('the API description', () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'vinculum-api-')); });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('is the one that the built controllers give (npm run api:describe)', () => {
    const file = join(folder, 'openapi.json');
    execFileSync(process.execPath, [join(process.cwd(), 'dist/src/api-description/write-api-description.js'), file]);
    expect(readFileSync(file, 'utf8')).toBe(checkedIn('openapi.json'));
  });

  it('is what the types of the client were made from', () => {
    const file = join(folder, 'api-schema.ts');
    execFileSync(process.execPath, [
      join(process.cwd(), 'node_modules/openapi-typescript/bin/cli.js'), join(FOLDER, 'openapi.json'), '-o', file]);
    expect(readFileSync(file, 'utf8')).toBe(checkedIn('api-schema.ts'));
  });

  it('has every route of the service, and no other; anybody may read it, and every refusal is a problem', async () => {
    const service = await TestService.start();
    try {
      const routes = routesOf(service.service.application).map(({ method, path }) => `${method} ${path}`);
      const { status, body } = await service.request(undefined, 'GET', '/api/openapi.json');
      expect([status, body]).toEqual([200, JSON.parse(checkedIn('openapi.json'))]);
      interface Operation { responses: { default: { content: object } } }
      const paths = body.paths as Record<string, Record<string, Operation>>;
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => {
          expect(Object.keys(operation.responses.default.content)).toEqual(['application/problem+json']);
          return `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
        }));
      expect(described.sort()).toEqual(routes.sort());
    } finally {
      await service.stop();
    }
  });
});
