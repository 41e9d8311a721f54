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

/** Why a dead letter is put aside. */
export class DiscardBody {
  static readonly fields: Readonly<Record<string, string>> = {
    reason: 'Why; it stays with the dead letter and in the audit trail.',
  };

  @IsString()
  @MaxLength(500)
  @Matches(/\S/, { message: 'reason must say why' })
  readonly reason!: string;
}

/** Another payload for a dead letter. */
export class EditBody {
  static readonly fields: Readonly<Record<string, string>> = {
    payload: 'The payload to run it with. The one before stays in its history.',
    revision: '`revision` of the dead letter that the edit was made from.',
  };

  @IsDefined()
  readonly payload!: unknown;

  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly revision!: string;
}

/** A redrive of many. */
export class RedriveBody {
  static readonly fields: Readonly<Record<string, string>> = {
    filter: 'Which dead letters are meant; those that die after the start never are.',
    all: 'Has to be true if the filter is empty.',
    dryRun: 'Only counts what would be redriven.',
    rate: 'Jobs per second.',
    canary: 'Jobs that go first and have to succeed; 0 for none.',
    canaryTimeout: 'How long the canaries may take.',
    stopAbove: 'Share of failures above which the task stops; 1 for never.',
    stopAfter: 'Outcomes that are needed before it stops.',
    maxUnsettled: 'Redriven jobs without an outcome above which it waits.',
    settleTimeout: 'How long the last ones are waited for at the end.',
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
