import type { ObjectingRecords, RunEstimates, RunManifest, RunProgress, RunRow } from './linkage-run.js';

/** A run as operator, statistician, board and auditor see it: no link, no score and no id of a record. */
export interface LinkageRunView {
  readonly runId: string;
  readonly project: string;
  readonly state: string;
  readonly progress: RunProgress;
  readonly estimated?: RunEstimates;
  readonly manifest?: RunManifest;
  readonly objections?: readonly ObjectingRecords[];
  readonly failure?: string;
  /** When its link map was destroyed, with an extract that it rests on. */
  readonly linksDestroyedAt?: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export function runView(run: RunRow): LinkageRunView {
  return {
    runId: run.id, project: run.project, state: run.state, progress: run.progress,
    ...(run.estimates ? { estimated: run.estimates } : {}),
    ...(run.manifest ? { manifest: run.manifest } : {}),
    ...(run.objections ? { objections: run.objections } : {}),
    ...(run.failure ? { failure: run.failure } : {}),
    ...(run.linksDestroyedAt ? { linksDestroyedAt: run.linksDestroyedAt.toISOString() } : {}),
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    endedAt: run.endedAt?.toISOString() ?? null,
  };
}
