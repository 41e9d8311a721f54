/** Where a referral stands. */
export type ReferralState = 'created' | 'invited' | 'ordered';

export type InviteChannel = 'sms' | 'email';

/** How the friend was reached. */
export interface Invitation {
  readonly channel: InviteChannel;
  /** The provider's own id of the message. */
  readonly messageId: string;
  /** Code of the error for which SMS was given up; missing if it was not. */
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
