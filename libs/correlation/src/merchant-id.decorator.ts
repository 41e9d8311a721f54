import { currentContext } from '@loyalnest/core';
import { createParamDecorator } from '@nestjs/common';

/** The merchant of the running request; undefined where the context names none. */
export const MerchantId = createParamDecorator(() => currentContext()?.merchantId);
