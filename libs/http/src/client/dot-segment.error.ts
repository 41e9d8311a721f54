import { LoyalNestError } from '@loyalnest/core';

/**
 * The path of an address has a segment `.` or `..`. It would be resolved before the request is sent, so
 * an id in the path could choose another route of the other service.
 */
export class DotSegmentError extends LoyalNestError {
  readonly code = 'HTTP_DOT_SEGMENT';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor() {
    super(
      'the path of the address has a segment `.` or `..`, which would change the route; ' +
        'refuse such ids (IdPipe does), or pass a URL if the path is meant',
    );
  }
}
