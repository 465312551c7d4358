import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';

/** Ids that one request names at most: some 70 KB of the 100 that the service reads. */
export const MAX_RECORD_IDS = 2_000;
/** The same for tokens, which are twice as long. */
export const MAX_TOKENS = 1_000;

export const OBJECTION_SCOPES = ['project', 'all-uses'] as const;
export type ObjectionScope = (typeof OBJECTION_SCOPES)[number];

export class ObjectionDto {
  /**
   * Opaque record ids as in the register's extracts: 32 hex digits. Ids that no extract has are taken as
   * well. Needed where there are no tokens.
   */
  @ValidateIf(({ recordIds, tokens }: ObjectionDto) => recordIds !== undefined || !tokens)
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(MAX_RECORD_IDS)
  @Matches(/^[0-9a-f]{32}$/, { each: true })
  recordIds?: string[];
  /**
   * Tokens of encodings (`vinculum objection-tokens`): 64 hex digits. They name whoever has the same
   * encoding, in every register that is linked with this one.
   */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(MAX_TOKENS)
  @Matches(/^[0-9a-f]{64}$/, { each: true })
  tokens?: string[];
  /** `project`: this one; `all-uses`: every project that ever links the register. */
  @IsIn(OBJECTION_SCOPES) scope!: ObjectionScope;
}

/** All that a custodian hears: that it was written down. Not whether any extract has such a record. */
export class ObjectionReceiptView {
  /** `filed` or `withdrawn`. */
  readonly state!: string;
}
