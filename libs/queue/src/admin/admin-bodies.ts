import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { FilterInput } from './admin-filter.js';

const DURATION = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;
const durationMessage = "$property must be a duration such as '500ms', '2s' or '5m'";

/** Body of a discard. */
export class DiscardBody {
  static readonly fields: Readonly<Record<string, string>> = {
    reason: 'Why it is discarded. The dead letter and the audit trail keep it.',
  };

  @IsString()
  @MaxLength(500)
  @Matches(/\S/, { message: 'reason must not be empty' })
  readonly reason!: string;
}

/** Body of an edit. */
export class EditBody {
  static readonly fields: Readonly<Record<string, string>> = {
    payload: 'The new payload. The history keeps the old one.',
    revision: '`revision` of the dead letter that the edit is based on.',
  };

  @IsDefined()
  readonly payload!: unknown;

  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly revision!: string;
}

/** Body of a redrive of many dead letters. */
export class RedriveBody {
  static readonly fields: Readonly<Record<string, string>> = {
    filter: 'Which dead letters to redrive. Later deaths never match.',
    all: 'Must be true if the filter is empty.',
    dryRun: 'Only counts the dead letters.',
    rate: 'Jobs per second.',
    canary: 'Jobs that run first and must succeed; 0 for none.',
    canaryTimeout: 'Max duration of the canary.',
    stopAbove: 'Stops the task above this share of failures; 1 never stops it.',
    stopAfter: 'Min number of outcomes before it may stop.',
    maxUnsettled: 'Pauses above this number of redriven jobs without an outcome.',
    settleTimeout: 'Max time to wait for the last outcomes at the end.',
  };

  @IsOptional()
  @ValidateNested()
  @Type(() => FilterInput)
  readonly filter?: FilterInput;

  @IsOptional()
  @IsBoolean()
  readonly all?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly dryRun?: boolean;

  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(100_000)
  readonly rate?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000)
  readonly canary?: number;

  @IsOptional()
  @Matches(DURATION, { message: durationMessage })
  readonly canaryTimeout?: `${number}s`;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly stopAbove?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  readonly stopAfter?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  readonly maxUnsettled?: number;

  @IsOptional()
  @Matches(DURATION, { message: durationMessage })
  readonly settleTimeout?: `${number}s`;
}
