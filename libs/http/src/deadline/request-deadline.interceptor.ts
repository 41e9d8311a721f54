import { currentContext, SystemClock, type Clock } from '@loyalnest/core';
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Observable } from 'rxjs';
import { DeadlineExceededError } from './deadline-exceeded.error.js';
import { MODULE_OPTIONS_TOKEN } from './request-deadline.module-definition.js';
import type { RequestDeadlineOptions } from './request-deadline.options.js';

/** Where Nest's `@Sse` says that a route streams. */
const SSE = '__sse__';

interface Request {
  readonly method: string;
  readonly url: string;
}

/** Ends a request whose route has not answered by the deadline of the request context. */
@Injectable()
export class RequestDeadlineInterceptor implements NestInterceptor {
  private readonly clock: Clock;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: RequestDeadlineOptions) {
    this.clock = options.clock ?? new SystemClock();
  }

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const deadline = currentContext()?.deadline;
    const isStream = Reflect.hasMetadata(SSE, context.getHandler());
    if (!deadline || context.getType() !== 'http' || isStream) return next.handle();
    return new Observable((subscriber) => {
      const timeoutMs = deadline.remainingMs;
      const expire = (): void => {
        const { method, url } = context.switchToHttp().getRequest<Request>();
        subscriber.error(new DeadlineExceededError(`${method} ${url.split('?')[0]}`, timeoutMs));
      };
      // A route that would begin too late is not begun.
      if (timeoutMs === 0) {
        expire();
        return;
      }
      const route = next.handle().subscribe(subscriber);
      route.add(this.clock.schedule(expire, timeoutMs));
      return route;
    });
  }
}
