import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { FilterInput } from './admin-filter.js';

/** Words of a query: anything else than these two stays what it is and is refused. */
const booleanWord = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

const PAGE_FIELDS = {
  limit: 'Most items of the page; 50 unless told otherwise.',
  cursor: '`cursor` of the page before.',
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

/** A page of the dead letters that fit. */
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

/** How much of a dead letter is shown. */
export class DetailsQuery {
  static readonly fields: Readonly<Record<string, string>> = {
    payload: 'Shows the payload itself; needs the role `operate` and is noted in the audit trail.',
  };

  @IsOptional()
  @Transform(booleanWord)
  @IsBoolean()
  readonly payload?: boolean;
}
