import { countedShareInterval, type Interval } from './predictive-interval.js';

/** A record by its extract and row, both from 0. */
export interface RecordPlace {
  readonly extract: number;
  readonly row: number;
}

/** Two records of which somebody knows whether they are one person. */
export interface ControlPair {
  readonly a: RecordPlace;
  readonly b: RecordPlace;
  readonly isMatch: boolean;
}

/** How often controls of one kind are in one entity. */
export interface ControlAgreement {
  readonly pairs: number;
  readonly linked: number;
  /** Share that is linked; null without a control. */
  readonly share: number | null;
  /** Wilson's interval of the share, as of pairs drawn at random. */
  readonly interval: Interval;
}

/**
 * Positive controls (pairs that are matches) tell the recall among pairs like them, negative ones (pairs that
 * are none: one died before the other's register began) tell how often such pairs are linked wrongly
 * (Doidge, Christen and Harron 2021). They speak for all pairs as far as they were drawn like all pairs.
 *
 * @param entityOf entity of each row, by extract.
 */
export function controlAgreement(
  entityOf: readonly Uint32Array[], controls: readonly ControlPair[],
): { readonly positive: ControlAgreement; readonly negative: ControlAgreement } {
  const linked = ({ a, b }: ControlPair): boolean =>
    entityOf[a.extract][a.row] === entityOf[b.extract][b.row];
  const agreement = (chosen: readonly ControlPair[]): ControlAgreement => {
    const count = chosen.filter(linked).length;
    return {
      pairs: chosen.length, linked: count, share: chosen.length === 0 ? null : count / chosen.length,
      interval: countedShareInterval(count, chosen.length),
    };
  };
  return {
    positive: agreement(controls.filter(({ isMatch }) => isMatch)),
    negative: agreement(controls.filter(({ isMatch }) => !isMatch)),
  };
}
