import { IsString, Length, Matches } from 'class-validator';

/** Body of `POST /sms/messages`. */
export class SmsRequest {
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'to: use a number in E.164, such as +15550100' })
  readonly to!: string;

  @IsString()
  @Length(1, 1_600)
  readonly body!: string;
}
