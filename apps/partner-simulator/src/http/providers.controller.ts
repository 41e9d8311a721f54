import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { DeliverMessage } from '../use-cases/deliver-message.js';
import { EmailRequest } from './email.request.js';
import { IdempotencyKey } from './idempotency-key.decorator.js';
import { SmsRequest } from './sms.request.js';

/** The SMS provider, which answers like Twilio, and the e-mail provider. */
@Controller()
export class ProvidersController {
  constructor(private readonly deliverMessage: DeliverMessage) {}

  @Post('sms/messages')
  async sendSms(
    @Body() { to, body }: SmsRequest,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<object> {
    const { id } = await this.deliverMessage.execute({ channel: 'sms', to, body, idempotencyKey });
    return { sid: id, status: 'queued', to };
  }

  @Post('email/messages')
  @HttpCode(202)
  async sendEmail(
    @Body() { to, subject, body }: EmailRequest,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<object> {
    const { id } = await this.deliverMessage.execute({
      channel: 'email',
      to,
      subject,
      body,
      idempotencyKey,
    });
    return { id };
  }
}
