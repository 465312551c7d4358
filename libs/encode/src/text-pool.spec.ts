import { TextPool } from './text-pool.js';

describe('TextPool', () => {
  it('decodes pieces of UTF-8, the same ones again and more than it remembers', () => {
    const pool = new TextPool();
    const texts = ['', 'Ana', 'Žižka', '\ufeffa', 'a name beyond fourteen', '𝄞', 'a\0', ...Array.from({ length: 70_000 }, (_, i) => `P${i}`)];
    for (let round = 0; round < 2; round++) {
      for (const text of texts) {
        const bytes = new TextEncoder().encode(`.${text}.`);
        if (pool.textOf(bytes, 1, bytes.length - 1) !== text) throw new Error(`wrong: ${text}`);
      }
    }
    expect(pool.textOf(new TextEncoder().encode('Ana'), 1, 3)).toBe('na');
  });
});
