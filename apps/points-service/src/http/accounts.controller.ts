import { MerchantId } from '@loyalnest/correlation';
import { ProblemError } from '@loyalnest/http';
import { Controller, Get, Param } from '@nestjs/common';
import { ShowBalance } from '../use-cases/show-balance.js';

@Controller('v1/accounts')
export class AccountsController {
  constructor(private readonly showBalance: ShowBalance) {}

  @Get(':customerId')
  async show(
    @Param('customerId') customerId: string,
    @MerchantId() merchantId: string | undefined,
  ): Promise<object> {
    if (!merchantId) {
      throw new ProblemError({
        status: 400,
        code: 'MERCHANT_MISSING',
        detail: 'send the shop in the header x-merchant-id, such as demo.myshopify.com',
      });
    }
    const balance = await this.showBalance.execute({ merchantId, customerId });
    if (balance) return { customerId, ...balance };
    throw new ProblemError({
      status: 404,
      code: 'ACCOUNT_NOT_FOUND',
      detail: `customer ${customerId} has not earned points at ${merchantId} yet`,
    });
  }
}
