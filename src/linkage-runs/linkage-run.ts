import type { LinkageSpec, LinkageWarning } from '#libs/linkage';
import type { Interval } from '#libs/quality';

/** What a progress bar needs. */
export interface RunProgress {
  readonly stage?: string;
  /** Register pair at work; empty for the whole. */
  readonly registers?: string;
  /** 0 to 100. */
  readonly percentage?: number;
}

/** Expected quality without truth: aggregates, rounded. See `runEstimates`. */
export interface RunEstimates {
  readonly precision: number;
  readonly recall: number;
  readonly precisionInterval: Interval;
  readonly recallInterval: Interval;
  readonly byRegisterPair: readonly {
    readonly registerA: string; readonly registerB: string;
    readonly precision: number; readonly recall: number;
    /** Null where the registers share too few to tell. */
    readonly precisionInterval: Interval | null; readonly recallInterval: Interval | null;
  }[];
  /** What the codes mean is said in the room `libs/linkage`. */
  readonly warnings: readonly Pick<LinkageWarning, 'code' | 'registers'>[];
}

/** How many records of a register did not take part because their people object. */
export interface ObjectingRecords {
  readonly registerId: string;
  /** Protected as a release is; null: a small number, or none. */
  readonly records: number | null;
}

/** With the same inputs, spec and engine the links are the same, and their digest says so. */
export interface RunManifest {
  readonly engine: string;
  readonly specHash: string;
  readonly inputs: readonly {
    readonly extract: string; readonly registerId: string; readonly referenceDate: string;
    /** Which accepted delivery of the register it was, from 1. */
    readonly version: number;
    readonly records: number; readonly sha256: string;
  }[];
  /** SHA-256 over the entity number of every record, in the order of the inputs. */
  readonly linksDigest: string;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface RunRow {
  readonly id: string;
  readonly project: string;
  readonly state: RunState;
  readonly progress: RunProgress;
  readonly spec: LinkageSpec;
  /** In the order in which they are linked. */
  readonly extracts: readonly string[];
  readonly manifest: RunManifest | null;
  readonly estimates: RunEstimates | null;
  readonly objections: readonly ObjectingRecords[] | null;
  readonly failure: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Its link map went with an extract that it rests on. */
  readonly linksDestroyedAt: Date | null;
}
