import { IsIn, IsISO8601, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../dead-letter/dead-letter.js';

/** Selects dead letters. */
export class FilterInput {
  static readonly fields: Readonly<Record<string, string>> = {
    reason: 'Why the job will not run again by itself.',
    group: 'Fingerprint of a cause group.',
    name: 'Name of the job.',
    merchant: 'Id of the merchant that the job belongs to.',
    failedAfter: 'Died at this time or later.',
    failedBefore: 'Died before this time.',
  };

  @IsOptional()
  @IsIn(DEAD_LETTER_REASONS)
  readonly reason?: DeadLetterReason;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly group?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  readonly name?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  readonly merchant?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  readonly failedAfter?: string;

  @IsOptional()
  @IsISO8601({ strict: true })
  readonly failedBefore?: string;
}
