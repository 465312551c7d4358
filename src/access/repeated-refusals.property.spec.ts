import fc from 'fast-check';
import { RepeatedRefusals, WINDOW_MS } from './repeated-refusals.js';

const step = fc.oneof(
  fc.record({ what: fc.constant('refuse' as const), action: fc.constantFrom('a', 'b'), reason: fc.constantFrom('X', 'Y') }),
  fc.record({ what: fc.constant('end' as const), fails: fc.boolean() }),
  fc.record({ what: fc.constant('wait' as const), ms: fc.nat(WINDOW_MS) }));

describe('repeated refusals', () => {
  it('each is logged by itself or counted once, whatever fails, and leaves are few', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const repeated = new RepeatedRefusals();
      let [now, refused, single, together, leaves] = [0, 0, 0, 0, 0];
      for (const taken of steps) {
        if (taken.what === 'wait') now += taken.ms;
        else if (taken.what === 'refuse') {
          refused++;
          if (!repeated.counts(now, taken.action, taken.reason)) single++;
        } else {
          for (const one of repeated.takeEnded(now)) {
            if (taken.fails) repeated.giveBack(one);
            else {
              together += one.count;
              leaves++;
            }
          }
        }
      }
      for (const { count } of repeated.takeAll()) {
        together += count;
        leaves++;
      }
      expect(single + together).toBe(refused);
      // Four kinds; of each, a window has two leaves at most.
      expect(single + leaves).toBeLessThanOrEqual(2 * 4 * (1 + Math.floor(now / WINDOW_MS)));
    }));
  });

  it('a first one that could not be logged does not hide the next', () => {
    const repeated = new RepeatedRefusals();
    expect(repeated.counts(0, 'a', 'X')).toBe(false);
    repeated.forget('a', 'X');
    expect(repeated.counts(1, 'a', 'X')).toBe(false);
    expect(repeated.counts(2, 'a', 'X')).toBe(true);
    expect(repeated.takeAll()).toEqual([{ action: 'a', reason: 'X', count: 1 }]);
  });
});
