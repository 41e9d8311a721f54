import { ProblemError } from '@loyalnest/http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` header; undefined if it is missing. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<Pick<IncomingMessage, 'headers'>>();
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw new ProblemError({
    status: 400,
    code: 'INVALID_IDEMPOTENCY_KEY',
    detail: 'use 1 to 255 visible ASCII characters in the header Idempotency-Key',
  });
});
