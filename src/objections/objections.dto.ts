import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, Matches } from 'class-validator';

/** Ids that one request names at most: some 70 KB. */
export const MAX_RECORD_IDS = 2_000;

export const OBJECTION_SCOPES = ['project', 'all-uses'] as const;
export type ObjectionScope = (typeof OBJECTION_SCOPES)[number];

export class ObjectionDto {
  /** Opaque record ids as in the extracts: 32 hex digits. Ids that no extract has are taken as well. */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(MAX_RECORD_IDS) @Matches(/^[0-9a-f]{32}$/, { each: true })
  recordIds!: string[];
  /** `project`: this one; `all-uses`: every project that ever links the register. */
  @IsIn(OBJECTION_SCOPES) scope!: ObjectionScope;
}

/** All that a custodian hears: that it was written down. Not whether any extract has such a record. */
export class ObjectionReceiptView {
  /** `filed` or `withdrawn`. */
  readonly state!: string;
}
