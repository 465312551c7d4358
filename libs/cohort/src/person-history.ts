import type { ContentRow, EventKind } from '#libs/record';

/** Everything that the linked registers hold about one entity. The order of records and events is free. */
export interface PersonHistory {
  readonly entity: string | number;
  readonly records: readonly PersonRecord[];
}

export interface PersonRecord {
  readonly registerId: string;
  readonly content: Omit<ContentRow, 'recordId'>;
  readonly events: readonly PersonEvent[];
}

export interface PersonEvent {
  readonly kind: EventKind;
  /** ISO 8601 date. */
  readonly date: string;
  /** Country of previous or next residence; may be empty. */
  readonly country: string;
}
