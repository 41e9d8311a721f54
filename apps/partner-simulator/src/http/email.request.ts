import { IsEmail, IsString, Length } from 'class-validator';

/** Body of `POST /email/messages`. */
export class EmailRequest {
  @IsEmail()
  readonly to!: string;

  @IsString()
  @Length(1, 255)
  readonly subject!: string;

  @IsString()
  @Length(1, 10_000)
  readonly body!: string;
}
