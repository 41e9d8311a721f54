import type { Duration } from '@loyalnest/core';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from './if-given.decorator.js';
import { IsDuration } from './is-duration.decorator.js';

/** Changes to one provider. Fields left out keep their values. */
export class FaultRequest {
  @IfGiven()
  @IsDuration({ maxMs: 600_000 })
  readonly latency?: Duration;

  @IfGiven()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly errorRatio?: number;

  @IfGiven()
  @IsBoolean()
  readonly hang?: boolean;
}

/** Body of `PUT /faults`. */
export class FaultsRequest {
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => FaultRequest)
  readonly sms?: FaultRequest;

  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => FaultRequest)
  readonly email?: FaultRequest;

  /** Makes the error ratios hit the same requests in every run. */
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(4_294_967_295)
  readonly seed?: number;
}
