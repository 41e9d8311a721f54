import { currentContext, runInChildContext, type RequestContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';

/** The running request's context, for code that takes its collaborators by injection. */
@Injectable()
export class RequestContextService {
  /** Undefined outside of a request or job. */
  get current(): RequestContext | undefined {
    return currentContext();
  }

  /** Runs `task`, and all that it starts, in the current context with `changes`. */
  run<T>(changes: Partial<RequestContext>, task: () => T): T {
    return runInChildContext(changes, task);
  }
}
