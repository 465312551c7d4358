import { Type } from 'class-transformer';
import {
  ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsInt, IsISO8601, IsOptional, IsString,
  Length, Matches, Max, Min, ValidateNested,
} from 'class-validator';
import { CONTENT_HEADER, REGISTER_ID_PATTERN, type Cardinality } from '#libs/record';
import { ROLES, type Role } from '../platform/identity/principal.js';

const MAX_TEXT = 5_000;

export class RegisterDto {
  @Matches(REGISTER_ID_PATTERN) registerId!: string;
  @IsIn(['unique', 'many']) cardinality!: Cardinality;
  /** The custodian, as its people's access tokens name it. */
  @IsString() @Length(1, 200) organisation!: string;
  @IsString() @Length(1, 50) organisationType!: string;
}

export class DpiaDto {
  @IsOptional() @IsString() @Length(1, MAX_TEXT) risk?: string;
  @IsOptional() @IsString() @Length(1, MAX_TEXT) mitigation?: string;
  @IsOptional() @IsString() @Length(1, MAX_TEXT) residualRisk?: string;
  @IsOptional() @IsString() @Length(1, 200) signature?: string;
}

export class SafeDto {
  @IsInt() @Min(0) @Max(3) score!: number;
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @Length(1, 500, { each: true }) evidence!: string[];
  @IsString() @Length(1, 200) assessor!: string;
  @IsISO8601({ strict: true }) date!: string;
}

export class FiveSafesDto {
  @IsOptional() @ValidateNested() @Type(() => SafeDto) project?: SafeDto;
  @IsOptional() @ValidateNested() @Type(() => SafeDto) people?: SafeDto;
  @IsOptional() @ValidateNested() @Type(() => SafeDto) settings?: SafeDto;
  @IsOptional() @ValidateNested() @Type(() => SafeDto) data?: SafeDto;
  @IsOptional() @ValidateNested() @Type(() => SafeDto) outputs?: SafeDto;
}

/** What the gate asks for; may be given in parts while the project is a draft. */
export class AssessmentDto {
  @IsOptional() @ValidateNested() @Type(() => DpiaDto) dpia?: DpiaDto;
  @IsOptional() @ValidateNested() @Type(() => FiveSafesDto) fiveSafes?: FiveSafesDto;
  @IsOptional() @IsString() @Length(1, MAX_TEXT) consultation?: string;
}

export class CreateProjectDto extends AssessmentDto {
  @IsString() @Length(1, 300) title!: string;
  /** A term of the closed list; absent is refused as any other that is not on it. */
  @IsOptional() @IsString() @Length(1, 100) purpose?: string;
  @IsString() @Length(1, MAX_TEXT) legalBasis!: string;
  @IsArray() @ArrayMinSize(2) @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => RegisterDto)
  registers!: RegisterDto[];
  /** Absent: the first accepted extract sets it for the others. */
  @IsOptional() @Matches(/^[0-9a-f]{64}$/) encodingSpecHash?: string;
  @IsOptional() @Matches(/^[0-9a-f]{16}$/) keyFingerprint?: string;
  /** Extracts of another date are refused. */
  @IsOptional() @IsISO8601({ strict: true }) @Length(10, 10) referenceDate?: string;
  /** Content variables that are delivered; extracts with others are refused. Absent: all. */
  @IsOptional() @IsArray() @ArrayUnique() @IsIn(CONTENT_HEADER.slice(1), { each: true }) variables?: string[];
  /** Name of a file in config/disclosure. */
  @IsOptional() @Matches(/^[a-z][a-z0-9-]{0,63}$/) disclosurePolicy?: string;
  @IsInt() @Min(1) @Max(3650) retentionDays!: number;
  @IsBoolean() vulnerableGroups!: boolean;
}

export class MemberDto {
  @IsIn(ROLES) role!: Role;
  @IsString() @Length(1, 200) organisation!: string;
  @IsString() @Length(1, 50) organisationType!: string;
}
