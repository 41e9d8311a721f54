import { currentContext } from '@loyalnest/core';
import { createParamDecorator } from '@nestjs/common';

/** The correlation id of the running request, as a parameter of a route's method. */
export const CorrelationId = createParamDecorator(() => currentContext()?.correlationId);
