import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { ValidationFailedError } from '../validation/validation-failed.error.js';

const MAX_LENGTH = 255;
// oxlint-disable-next-line no-control-regex -- these are the characters that no id contains
const ODD = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/**
 * Checks a path parameter or query field that is an id: 1 to 255 characters of any language, without
 * control characters and lone surrogates, and neither `.` nor `..`, which the path of a request to another
 * service would resolve. `auth0|5f7`, `gid://shopify/Shop/1` and e-mail addresses pass unchanged.
 *
 * @example
 * @Get(':customerId')
 * show(@Param('customerId', IdPipe) customerId: string) {}
 */
@Injectable()
export class IdPipe implements PipeTransform<unknown, string> {
  /** @throws ValidationFailedError that names the parameter */
  transform(value: unknown, { data = 'id' }: ArgumentMetadata): string {
    if (typeof value === 'string' && isId(value)) return value;
    const message = `must be 1 to ${MAX_LENGTH} characters, without control characters, and not . or ..`;
    throw new ValidationFailedError([{ path: data, message: `${data} ${message}` }]);
  }
}

function isId(value: string): boolean {
  if (value.length === 0 || value.length > MAX_LENGTH) return false;
  return value.isWellFormed() && !ODD.test(value) && value !== '.' && value !== '..';
}
