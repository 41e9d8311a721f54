import { currentContext } from '@loyalnest/core';
import { createParamDecorator } from '@nestjs/common';

/** Injects the correlation id of the current request into a route handler's parameter. */
export const CorrelationId = createParamDecorator(() => currentContext()?.correlationId);
