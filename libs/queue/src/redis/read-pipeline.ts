import type { ChainableCommander } from 'ioredis';

/** Sends a pipeline and resolves with its results in order. @throws the first error of a command */
export async function readPipeline<Result>(pipeline: ChainableCommander): Promise<Result[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, result]) => {
    if (error) throw error;
    return result as Result;
  });
}
