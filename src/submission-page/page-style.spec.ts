import { PAGE_STYLE } from './page-style.js';

/** Contrast of two colours as WCAG 2.2 defines it. */
function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const schemes = [...PAGE_STYLE.matchAll(/:root \{([^}]+)\}/g)].map(([, block]) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour])));

describe('the page can be read', () => {
  it('knows the formula', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it.each([['in light', 0], ['in dark', 1]])('%s', (_, scheme) => {
    const colours = schemes[scheme];
    expect(Object.keys(colours)).toHaveLength(9);
    for (const text of ['text', 'quiet', 'accent', 'good', 'bad']) {
      for (const ground of ['ground', 'soft']) {
        expect([text, ground, contrast(colours[text], colours[ground]) >= 7]).toEqual([text, ground, true]);
      }
    }
    expect(contrast(colours['on-accent'], colours['accent'])).toBeGreaterThanOrEqual(7);
    expect(contrast(colours['line'], colours['ground'])).toBeGreaterThanOrEqual(3);
  });
});
