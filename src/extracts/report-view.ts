/** A statistic beyond its level. */
export class SafetyFindingView {
  /** `segment NAME` or `whole records`. */
  readonly of!: string;
  readonly statistic!: string;
  readonly value!: number;
  /** `above` or `below`. */
  readonly beyond!: string;
  readonly level!: number;
  /** `warn` or `refuse`. */
  readonly verdict!: string;
  readonly why!: string;
}

export class SegmentSafetyView {
  readonly name!: string;
  /** What it was judged as: `hardened`, `balanced`, `plain` or `block-keys`. */
  readonly declared!: string;
  /** `good`, `warn`, `refuse` or `too-few-records`. */
  readonly verdict!: string;
}

/** What the extract's filters give away together, judged by config/encoding/risk-levels.json. */
export class SafetyView {
  readonly verdict!: string;
  readonly segments!: SegmentSafetyView[];
  readonly findings!: SafetyFindingView[];
}

/** Why a row was refused; `row` counts from 1, the header is row 0. */
export class RowErrorView {
  readonly row!: number;
  readonly field?: string;
  readonly reason!: string;
}

/** The one report on an extract. Never a value of a record. */
export class ReportView {
  /** `accepted` or `refused`. */
  readonly verdict!: string;
  /** Stable code of the refusal. */
  readonly code?: string;
  readonly detail?: string;
  readonly rows!: RowErrorView[];
  /** Where the filters were read to their end. */
  readonly safety?: SafetyView;
}
