import { IsEmail, Matches } from 'class-validator';

export class ReferFriendDto {
  /** Customer who refers the friend. A string, because ids exceed 2^53. */
  @Matches(/^[1-9]\d{0,19}$/, { message: 'advocateId must be a customer id as a string of digits' })
  readonly advocateId!: string;

  /** E.164, such as +4915112345678. */
  @Matches(/^\+[1-9]\d{6,14}$/, {
    message: 'friendPhone must be an E.164 number such as +4915112345678',
  })
  readonly friendPhone!: string;

  @IsEmail()
  readonly friendEmail!: string;
}
