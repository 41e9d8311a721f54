import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';

/**
 * Makes a reply of a WebSocket gateway that is no JSON, such as one with a BigInt or a cycle, an error of its
 * handler. The adapter of Nest would throw where nobody catches, which ends the process.
 */
export const refuseUnsendableReplies: NestInterceptor = {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((reply: unknown) => {
        JSON.stringify(reply);
        return reply;
      }),
    );
  },
};
