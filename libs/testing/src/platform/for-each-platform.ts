import { PLATFORMS, type Platform } from './platform.js';

/**
 * Declares the suite twice, on Express and on Fastify. Works only in Jest.
 *
 * @example
 * forEachPlatform((platform) => {
 *   it('answers', async () => {
 *     const { url, close } = await platform.create(AppModule);
 *     expect((await fetch(`${url}/health/live`)).status).toBe(200);
 *     await close();
 *   });
 * });
 */
export function forEachPlatform(suite: (platform: Platform) => void): void {
  describe.each(PLATFORMS.map((platform) => [platform.name, platform] as const))(
    'on %s',
    (_name, platform) => suite(platform),
  );
}
