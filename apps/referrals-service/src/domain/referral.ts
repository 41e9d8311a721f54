/** How far a referral has got. */
export type ReferralState = 'created' | 'invited' | 'ordered';

export type InviteChannel = 'sms' | 'email';

/** How the friend was reached. */
export interface Invitation {
  readonly channel: InviteChannel;
  /** The provider's id of the message. */
  readonly messageId: string;
  /** Code of the error that caused the fallback to e-mail; absent if the SMS was sent. */
  readonly fallbackReason?: string;
}

export interface Referral {
  readonly id: string;
  readonly merchantId: string;
  readonly advocateId: string;
  readonly state: ReferralState;
  readonly invitation?: Invitation;
  readonly orderId?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface Friend {
  readonly phone: string;
  readonly email: string;
}
