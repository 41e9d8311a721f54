import { IdPipe } from '@loyalnest/http';
import { Body, Controller, Get, Param, Post, Res, UseInterceptors } from '@nestjs/common';
import { ReferralsClient } from '../clients/referrals.client.js';
import { MerchantInterceptor } from './merchant.interceptor.js';
import { relayAnswer, type Reply } from './relay-answer.js';

@Controller({ path: 'referrals', version: '1' })
@UseInterceptors(MerchantInterceptor)
export class ReferralsController {
  constructor(private readonly referrals: ReferralsClient) {}

  @Post()
  async refer(@Body() body: unknown, @Res() reply: Reply): Promise<void> {
    relayAnswer(reply, await this.referrals.refer(body), 'referrals-service');
  }

  @Get(':id')
  async referral(@Param('id', IdPipe) id: string, @Res() reply: Reply): Promise<void> {
    relayAnswer(reply, await this.referrals.referral(id), 'referrals-service');
  }
}
