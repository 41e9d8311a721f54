import { MerchantId } from '@loyalnest/correlation';
import { IdPipe, ProblemError } from '@loyalnest/http';
import { requireMerchant } from '@loyalnest/service-defaults';
import { Controller, Get, Param } from '@nestjs/common';
import { ShowBalance } from '../use-cases/show-balance.js';

@Controller({ path: 'accounts', version: '1' })
export class AccountsController {
  constructor(private readonly showBalance: ShowBalance) {}

  @Get(':customerId')
  async show(
    @Param('customerId', IdPipe) customerId: string,
    @MerchantId() merchantId: string | undefined,
  ): Promise<object> {
    const merchant = requireMerchant(merchantId);
    const balance = await this.showBalance.execute({ merchantId: merchant, customerId });
    if (balance) return { customerId, ...balance };
    throw new ProblemError({
      status: 404,
      code: 'ACCOUNT_NOT_FOUND',
      detail: `customer ${customerId} has not earned points at ${merchant} yet`,
    });
  }
}
