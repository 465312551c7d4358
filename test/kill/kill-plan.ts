import { chance } from '../support/encoded-extracts.js';

export const VICTIMS = ['client', 'service', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What the client is doing when somebody dies, by the requests that it sends. */
const REQUESTS = [
  'open', 'create-encodings', 'send-encodings', 'create-content', 'send-content', 'create-events', 'send-events', 'seal',
] as const;
export type RequestStage = (typeof REQUESTS)[number];

/** What the service is doing then, by how the statement begins that its database has. */
export const STATEMENTS = {
  'store-encodings': 'COPY encodings.chunk',
  'store-text': 'COPY content.chunk',
  check: 'COPY (SELECT place, data FROM encodings.chunk',
  'rows-of-content': 'COPY content.sealed_rows',
  'rows-of-events': 'COPY pg_temp.event',
  contradictions: 'SELECT row_no + 1 AS row, reason',
  // After it come the log and the commit.
  commit: `UPDATE encodings.extract SET state = 'accepted'`,
} as const;
export type StatementStage = keyof typeof STATEMENTS;

export type Stage = RequestStage | StatementStage;
export const STAGES: readonly Stage[] = [...REQUESTS, ...Object.keys(STATEMENTS) as StatementStage[]];

export function isStatement(stage: Stage): stage is StatementStage {
  return stage in STATEMENTS;
}

/**
 * `before`: the request does not reach the service; `amid`: part of it does; `after`: its answer is lost. Of
 * a statement there is `amid` alone.
 */
export const MOMENTS = ['before', 'amid', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Kill {
  readonly victim: Victim;
  readonly stage: Stage;
  readonly moment: Moment;
  /** For `amid`: share of the request's bytes that pass, and milliseconds after that or in a statement. */
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
      kills: [first, ...more].map((kill) => {
        const moment = pick(MOMENTS);
        return {
          ...kill, moment: isStatement(kill.stage) ? 'amid' : moment, share: random(),
          delayMs: Math.floor(random() * 60),
        };
      }),
      records: 2_000 + Math.floor(random() * 28_000),
      resumes: random() > 0.1,
    };
  });
}
