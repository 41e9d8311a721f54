import { isSpanContextValid, trace, TraceFlags, type Context } from '@opentelemetry/api';
import {
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';

/**
 * Decides at the start of a trace by its id, so every process decides the same. Keeps the decision
 * of a parent.
 */
export class HeadSampler implements Sampler {
  private readonly roots: TraceIdRatioBasedSampler;

  /** @param recordsAll whether unsampled spans are recorded for the decision of `TailSampler` */
  constructor(
    private readonly ratio: number,
    private readonly recordsAll: boolean,
  ) {
    this.roots = new TraceIdRatioBasedSampler(ratio);
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    const parent = trace.getSpanContext(context);
    const sampled =
      parent && isSpanContextValid(parent)
        ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0
        : this.roots.shouldSample(context, traceId).decision ===
          SamplingDecision.RECORD_AND_SAMPLED;
    if (sampled) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return { decision: this.recordsAll ? SamplingDecision.RECORD : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `HeadSampler{${this.ratio}}`;
  }
}
