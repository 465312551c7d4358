import { chance } from '../support/encoded-extracts.js';

export const VICTIMS = ['client', 'service', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What the client is doing when somebody dies, by the requests that it sends. */
export const STAGES = [
  'open', 'create-encodings', 'send-encodings', 'create-content', 'send-content', 'create-events', 'send-events', 'seal',
] as const;
export type Stage = (typeof STAGES)[number];

/** `before`: the request does not reach the service; `amid`: part of it does; `after`: its answer is lost. */
export const MOMENTS = ['before', 'amid', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Kill {
  readonly victim: Victim;
  readonly stage: Stage;
  readonly moment: Moment;
  /** For `amid`: share of the request's bytes that pass, and milliseconds that pass then. */
  readonly share: number;
  readonly delayMs: number;
}

export interface Round {
  readonly kills: readonly Kill[];
  readonly records: number;
  /** Whether the custodian comes back after the last kill. */
  readonly resumes: boolean;
}

/** Seeded: the same seed plans the same rounds. Over the rounds, every victim meets every stage. */
export function planRounds(rounds: number, seed: number): Round[] {
  const random = chance(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  return Array.from({ length: rounds }, (_, round) => {
    const first = { victim: VICTIMS[round % 3], stage: STAGES[Math.floor(round / 3) % STAGES.length] };
    const more = random() < 0.5 ? [{ victim: pick(VICTIMS), stage: pick(STAGES) }] : [];
    return {
      kills: [first, ...more].map((kill) => (
        { ...kill, moment: pick(MOMENTS), share: random(), delayMs: Math.floor(random() * 60) })),
      records: 2_000 + Math.floor(random() * 28_000),
      resumes: random() > 0.1,
    };
  });
}
