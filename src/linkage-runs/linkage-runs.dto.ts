import { IsOptional, Matches } from 'class-validator';

export class StartLinkageRunDto {
  /** Name of a file in config/linkage. */
  @IsOptional() @Matches(/^[a-z][a-z0-9-]{0,63}$/) spec?: string;
}
