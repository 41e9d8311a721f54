import { REQUEST_PRIORITY, type RequestPriority as Priority } from '@loyalnest/core';
import { SetMetadata } from '@nestjs/common';

/**
 * Sets when a route, or each route of a controller, is refused under overload: `read` first, then `write`,
 * then `webhook`; `critical` never. Without it, GET and HEAD are `read` and other methods are `write`.
 *
 * @example
 * @RequestPriority('webhook')
 * @Post('shopify')
 * receive(): void {}
 */
export function RequestPriority(priority: Priority): ClassDecorator & MethodDecorator {
  return SetMetadata(REQUEST_PRIORITY, priority);
}
