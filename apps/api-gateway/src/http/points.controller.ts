import { IdPipe } from '@loyalnest/http';
import { Controller, Get, Param, Res, UseInterceptors } from '@nestjs/common';
import { PointsClient } from '../clients/points.client.js';
import { MerchantInterceptor } from './merchant.interceptor.js';
import { relayAnswer, type Reply } from './relay-answer.js';

@Controller({ path: 'points', version: '1' })
@UseInterceptors(MerchantInterceptor)
export class PointsController {
  constructor(private readonly points: PointsClient) {}

  @Get('accounts/:customerId')
  async account(
    @Param('customerId', IdPipe) customerId: string,
    @Res() reply: Reply,
  ): Promise<void> {
    relayAnswer(reply, await this.points.account(customerId), 'points-service');
  }
}
