import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { PlaceOrder, type PlacedOrder } from '../use-cases/place-order.js';
import { OrderRequest } from './order.request.js';

/** Places orders at the simulated shop. */
@Controller('shop/orders')
export class OrdersController {
  constructor(private readonly placeOrder: PlaceOrder) {}

  /** Responds when the gateway has answered every copy of the webhook, or after 5 s. */
  @Post()
  @HttpCode(200)
  async place(@Body() request: OrderRequest): Promise<PlacedOrder> {
    const { customerId, signature, withoutCustomer, ...wish } = request;
    return this.placeOrder.execute({
      ...wish,
      customerId: withoutCustomer ? undefined : customerId,
      wrongSignature: signature === 'wrong',
    });
  }
}
