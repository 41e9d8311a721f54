import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { ThrottlingGuard } from './throttling.guard.js';

/** Counts the limits with `verified`: interceptors run after all guards have allowed a request. */
export class VerifiedLimitsInterceptor implements NestInterceptor {
  constructor(private readonly guard: ThrottlingGuard) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    if (!this.guard.hasVerified(context)) return next.handle();
    return this.guard.countVerified(context).then(() => next.handle());
  }
}
