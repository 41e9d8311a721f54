import { JobHandler, type JobContext } from '@loyalnest/queue';
import { Injectable } from '@nestjs/common';
import { CalculatePoints, CalculatePointsPayload } from '../contracts/points.jobs.js';
import { AwardPoints } from '../use-cases/award-points.js';

@Injectable()
export class PointsHandler {
  constructor(private readonly awardPoints: AwardPoints) {}

  @JobHandler(CalculatePoints)
  async calculate(order: CalculatePointsPayload, { id }: JobContext): Promise<void> {
    await this.awardPoints.execute(id, order);
  }
}
