import { currentContext } from '@loyalnest/core';
import { createParamDecorator } from '@nestjs/common';

/** Injects the merchant of the current request; undefined if the context has none. */
export const MerchantId = createParamDecorator(() => currentContext()?.merchantId);
