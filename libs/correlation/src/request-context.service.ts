import { currentContext, runInChildContext, type RequestContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';

/** Injectable access to the context of the current request, job or message. */
@Injectable()
export class RequestContextService {
  /** Undefined outside a request, job or message. */
  get current(): RequestContext | undefined {
    return currentContext();
  }

  /** Runs `task`, and everything that it starts, in the current context with `changes` applied. */
  run<T>(changes: Partial<RequestContext>, task: () => T): T {
    return runInChildContext(changes, task);
  }
}
