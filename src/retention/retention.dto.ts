import { IsIn, IsString, Length } from 'class-validator';
import { RETENTION_DECISION_KINDS, type RetentionDecisionKind } from './retention-decision.js';

export class RetentionDecisionDto {
  /** `hold` stops the clocks of the project's extracts, `lift-hold` starts them again, `close` ends it. */
  @IsIn(RETENTION_DECISION_KINDS) kind!: RetentionDecisionKind;
  /** Kept with the decision, shown to board and auditor; not written into the audit log. */
  @IsString() @Length(1, 2000) reason!: string;
}
