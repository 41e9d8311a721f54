import { isLoyalNestError } from '@loyalnest/core';
import { HttpClient } from '@loyalnest/http';
import { CircuitBreaker, Fallback, Retry, Timeout } from '@loyalnest/resilience';
import { Injectable } from '@nestjs/common';
import type { Friend, Invitation } from '../domain/referral.js';
import { ReferralsConfig } from '../referrals.config.js';
import { InviteSender } from '../use-cases/invite-sender.js';

const TEXT = 'A friend gives you points for your first order: https://demo.myshopify.com/join';

/** Sends invites by SMS, or by e-mail if the SMS provider fails or hangs. */
@Injectable()
export class SmsClient extends InviteSender {
  constructor(
    private readonly http: HttpClient,
    private readonly config: ReferralsConfig,
  ) {
    super();
  }

  @Fallback('sendEmail')
  @Retry({ attempts: 3, backoff: { initial: '100ms', max: '1s' } })
  // Invites are rare, so three calls are enough to judge the provider.
  @CircuitBreaker({ name: 'sms', failureRatio: 0.5, minimumCalls: 3, openFor: '10s' })
  @Timeout('2s')
  async send(friend: Friend, key: string): Promise<Invitation> {
    const { sid } = await this.http.postJson<{ sid: string }>(
      `${this.config.SMS_URL}/sms/messages`,
      { to: friend.phone, body: TEXT },
      { headers: { 'idempotency-key': key }, propagateContext: false },
    );
    return { channel: 'sms', messageId: sid };
  }

  async sendEmail(friend: Friend, key: string, error: unknown): Promise<Invitation> {
    const { id } = await this.http.postJson<{ id: string }>(
      `${this.config.EMAIL_URL}/email/messages`,
      { to: friend.email, subject: 'Points for your first order', body: TEXT },
      { headers: { 'idempotency-key': key }, propagateContext: false },
    );
    const fallbackReason = isLoyalNestError(error) ? error.code : 'SMS_FAILED';
    return { channel: 'email', messageId: id, fallbackReason };
  }
}
