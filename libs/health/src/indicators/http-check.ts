import {
  CHECK_HEALTH,
  OptionError,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

export interface HttpCheckOptions extends IndicatorOptions {
  /** @defaultValue 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS';
  /** Sent with each request. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a status code counts as up. @defaultValue 200 to 299 */
  readonly accepts?: (status: number) => boolean;
}

/**
 * Checks that a service answers over HTTP. Uses `fetch` with its pooled connections and follows no
 * redirects. Choose a page that is cheap and depends on nothing: two services that check each
 * other's readiness take each other down.
 *
 * @example
 * new HttpCheck('sms', 'https://sms.example.com/ping', { timeout: '1s' })
 */
export class HttpCheck implements HealthContributor {
  readonly healthCheck;
  private readonly url: URL;

  /** @throws OptionError if `url` is not an HTTP URL */
  constructor(
    name: string,
    url: string | URL,
    private readonly options: HttpCheckOptions = {},
  ) {
    this.healthCheck = declarationOf(name, options);
    const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol)) {
      throw new OptionError(`HttpCheck('${name}').url`, url, 'use a URL such as http://host/');
    }
    this.url = parsed;
  }

  async [CHECK_HEALTH](signal: AbortSignal): Promise<HealthObservation> {
    const { method = 'GET', headers = {}, accepts = isSuccess } = this.options;
    const response = await fetch(this.url, { method, headers, signal, redirect: 'manual' });
    // An unread body would keep its connection busy.
    await response.body?.cancel();
    const { status } = response;
    return accepts(status) ? { status: 'up' } : { status: 'down', code: `http-${status}` };
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
