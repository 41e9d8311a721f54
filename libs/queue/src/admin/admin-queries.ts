import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { FilterInput } from './admin-filter.js';

/** Converts 'true' and 'false'. Validation refuses any other value. */
const booleanWord = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

const PAGE_FIELDS = {
  limit: 'Max number of items on the page; the default is 50.',
  cursor: '`cursor` of the previous page.',
};

const PageLimit = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(1_000),
  );

const PageCursor = (): PropertyDecorator =>
  applyDecorators(IsOptional(), IsString(), MaxLength(1_000));

/** A page of a list. */
export class PageQuery {
  static readonly fields: Readonly<Record<string, string>> = PAGE_FIELDS;

  @PageLimit()
  readonly limit?: number;

  @PageCursor()
  readonly cursor?: string;
}

/** A page of the matching dead letters. */
export class DeadLetterQuery extends FilterInput {
  static override readonly fields: Readonly<Record<string, string>> = {
    ...FilterInput.fields,
    ...PAGE_FIELDS,
  };

  @PageLimit()
  readonly limit?: number;

  @PageCursor()
  readonly cursor?: string;
}

/** How much of a dead letter to show. */
export class DetailsQuery {
  static readonly fields: Readonly<Record<string, string>> = {
    payload: 'Shows the payload unmasked. Needs the role `operate`; the audit trail records it.',
  };

  @IsOptional()
  @Transform(booleanWord)
  @IsBoolean()
  readonly payload?: boolean;
}
