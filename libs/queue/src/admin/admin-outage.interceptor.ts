import { Injectable, type CallHandler, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { QueueConnection } from '../connection/queue-connection.js';
import { QueueUnavailableError } from '../connection/queue-unavailable.error.js';
import { isRedisOutage } from './redis-outage.js';

/** Turns errors of an unavailable Redis into QueueUnavailableError. */
@Injectable()
export class AdminOutageInterceptor implements NestInterceptor {
  constructor(private readonly connection: QueueConnection) {}

  intercept(
    context: { switchToHttp(): { getRequest(): unknown } },
    next: CallHandler,
  ): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!isRedisOutage(error)) throw error;
        const { params } = context.switchToHttp().getRequest() as { params?: { queue?: string } };
        const { producerTimeoutMs } = this.connection.options;
        throw new QueueUnavailableError(params?.queue ?? '*', producerTimeoutMs, error);
      }),
    );
  }
}
