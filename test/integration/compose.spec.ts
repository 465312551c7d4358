import { readFileSync } from 'node:fs';
import { ENVIRONMENT_OF_SERVICE, NODE_OPTIONS_OF_SERVICE } from '../../src/demo/service-process.js';
import { readSettings } from '../../src/platform/settings/settings.js';

/** `docker-compose.yml` and the settings name the same things. */
describe('docker-compose.yml', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');
  const block = /x-service:[\s\S]*?environment:\n((?: {4}\S.*\n)+)/.exec(text)?.[1] ?? '';
  const environment = Object.fromEntries(block.trim().split('\n').map((line) => line.trim().split(/: (.*)/)));

  it('gives the service what the cluster profile asks for, under the names that it reads', () => {
    expect(readSettings(environment, '/')).toMatchObject({
      profile: 'cluster', keys: '/var/lib/vinculum/keys', port: 3000, redisUrl: 'redis://redis:6379',
    });
    expect(readSettings(environment, '/').databaseUrl).toMatch(/^postgresql:\/\/.*@postgres:5432\/vinculum$/);
  });

  it('starts the programs as npm start, the image, the demo and the benchmarks do', () => {
    const asList = (program: string): string =>
      JSON.stringify(['node', ...NODE_OPTIONS_OF_SERVICE, `dist/src/${program}.js`]).replaceAll(',', ', ');
    expect(text).toContain(`command: ${asList('main')}`);
    expect(text).toContain(`command: ${asList('worker')}`);
    const image = readFileSync('Dockerfile', 'utf8');
    expect(image).toContain(`CMD ${asList('main')}`);
    for (const [name, value] of Object.entries(ENVIRONMENT_OF_SERVICE)) {
      expect(image).toContain(`ENV ${name}=${value}\n`);
    }
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['start']).toBe(['node', ...NODE_OPTIONS_OF_SERVICE, 'dist/src/main.js'].join(' '));
  });

  it('names no setting that nobody reads', () => {
    const read: string[] = [];
    const watched = new Proxy(environment, {
      get: (target: Record<string, string>, name: string) => { read.push(name); return target[name]; },
    });
    readSettings(watched, '/');
    expect(read).toEqual(expect.arrayContaining(Object.keys(environment)));
  });
});
