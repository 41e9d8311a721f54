import { MerchantId } from '@loyalnest/correlation';
import { IdPipe, ProblemError } from '@loyalnest/http';
import { requireMerchant } from '@loyalnest/service-defaults';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Referral } from '../domain/referral.js';
import { ReferFriend } from '../use-cases/refer-friend.js';
import { ShowReferral } from '../use-cases/show-referral.js';
import { ReferFriendDto } from './refer-friend.dto.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@Controller({ path: 'referrals', version: '1' })
export class ReferralsController {
  constructor(
    private readonly referFriend: ReferFriend,
    private readonly showReferral: ShowReferral,
  ) {}

  @Post()
  @HttpCode(202)
  async refer(
    @Body() { advocateId, friendPhone: phone, friendEmail: email }: ReferFriendDto,
    @MerchantId() merchantId: string | undefined,
  ): Promise<Referral> {
    return this.referFriend.execute({
      merchantId: requireMerchant(merchantId),
      advocateId,
      friend: { phone, email },
    });
  }

  @Get(':id')
  async show(
    @Param('id', IdPipe) id: string,
    @MerchantId() merchantId: string | undefined,
  ): Promise<Referral> {
    const merchant = requireMerchant(merchantId);
    const referral = UUID.test(id) ? await this.showReferral.execute(merchant, id) : undefined;
    if (referral) return referral;
    throw new ProblemError({
      status: 404,
      code: 'REFERRAL_NOT_FOUND',
      detail: `${merchant} has no referral ${id}`,
    });
  }
}
