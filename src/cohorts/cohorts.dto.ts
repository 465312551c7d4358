import { IsInt, IsISO8601, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

/** A definition of config/cohorts, with what it leaves to the request. */
export class RequestCohortDto {
  @Matches(/^[a-z][a-z0-9-]{0,63}$/) definition!: string;
  @IsOptional() @IsISO8601({ strict: true }) referenceDate?: string;
  @IsOptional() @IsInt() @Min(1900) @Max(9998) year?: number;
  @IsOptional() @Matches(/^[A-Z]{2}$/) homeCountry?: string;
  /** Absent: the date to which all linked registers were frozen. */
  @IsOptional() @IsISO8601({ strict: true }) observedUntil?: string;
}

export class CohortDecisionDto {
  /** Kept with the decision, shown to the project; not written into the audit log. */
  @IsString() @Length(1, 2000) reason!: string;
}
