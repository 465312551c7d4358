import { join } from 'node:path';
import { readSourceTree } from './source-tree.js';
import { TIDY_RULES } from './tidy-rules.js';

const root = join(__dirname, '..', '..');
const tree = readSourceTree(root);

describe('the house is tidy', () => {
  test('the whole of it was read', () => {
    for (const path of ['package.json', 'package-lock.json', '.ci/run', 'libs/record/src/index.ts',
      'test/architecture/tidy.spec.ts', 'test/support/install-redis.mjs']) {
      expect(tree.has(path)).toBe(true);
    }
    expect([...tree.keys()].filter((path) => /(^|\/)(node_modules|dist)\//.test(path))).toEqual([]);
  });

  describe.each(TIDY_RULES.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    test('holds', () => {
      expect({ why: rule.why, found: rule.find(tree) }).toEqual({ why: rule.why, found: [] });
    });

    test('fails where it is broken', () => {
      expect(rule.violations.length).toBeGreaterThan(0);
      for (const violation of rule.violations) {
        const found = rule.find(new Map(Object.entries(violation)));
        expect({ violation, found: found.length }).toEqual({ violation, found: 1 });
      }
    });
  });

  test('what a rule must leave alone is left alone', () => {
    const lawful = new Map(Object.entries({
      'libs/score/README.md': '',
      'libs/score/src/index.ts': '/* not Math.random() */\n// nor Date.now()\nconst at = new Date(0); subprocess.run();\n',
      'libs/score/src/index.spec.ts': 'const start = Date.now(); test.each([1])("a", f); // describe.only(\n',
      'src/place.ts': 'const place = `${tmpdir()}/work/`; const url = "https://a.example/home/";\n',
      'src/commonwealth/uncommon-managerial.ts': '',
      'package.json': '{"dependencies":{"a":"1.0.0-beta.1"},"scripts":{"demo":"true"}}',
      'README.md': 'See libs/score/, src/place.ts. Run `npm run demo`; not test/../.\n',
      'test/vectors/a.json': '{}',
    }));
    for (const { name, find } of TIDY_RULES) {
      expect({ name, found: find(lawful) }).toEqual({ name, found: [] });
    }
  });
});
