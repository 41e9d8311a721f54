import type { Clock } from '@loyalnest/core';
import { CorrelationModule, RequestContextService } from '@loyalnest/correlation';
import {
  HttpClient,
  HttpClientModule,
  ProblemDetailsModule,
  RequestDeadlineModule,
} from '@loyalnest/http';
import { ResilienceModule, Retry } from '@loyalnest/resilience';
import { Controller, Get, Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';

export interface RelayOptions {
  readonly name: string;
  /** URL of the next service; each route calls the same path there. */
  readonly next: string;
  /** Records what the service does and how much time was left. */
  readonly diary: string[];
  readonly clock: Clock;
}
const OPTIONS = Symbol('relay options');

@Injectable()
class NextService {
  constructor(
    private readonly http: HttpClient,
    private readonly context: RequestContextService,
    @Inject(OPTIONS) private readonly options: RelayOptions,
  ) {}

  @Retry({ attempts: 3, backoff: { initial: 0 }, budget: false })
  async retried(): Promise<void> {
    this.note('tries');
    await this.call('retried');
  }

  async call(path: string): Promise<void> {
    await this.http.request({ url: `${this.options.next}/${path}` });
  }

  note(what: string): void {
    const { name, diary } = this.options;
    diary.push(`${name} ${what} ${this.context.current?.deadline?.remainingMs}`);
  }
}

@Controller()
class Relay {
  constructor(private readonly next: NextService) {}

  @Get('retried')
  async retried(): Promise<string> {
    this.next.note('begins');
    await this.next.retried();
    return 'answered';
  }

  /** Retries after every error, as code would whose author did not think of deadlines. */
  @Get('stubborn')
  async stubborn(): Promise<string> {
    this.next.note('begins');
    for (let attempt = 1; attempt <= 20; attempt++) {
      try {
        await this.next.call('stubborn');
        return 'answered';
      } catch {
        continue;
      }
    }
    this.next.note('gives up');
    return 'gave up';
  }
}

/** A service that calls the next one, with its own retry, and answers after it. */
export function relayApp(options: RelayOptions): DynamicModule {
  const { clock } = options;
  @Module({
    controllers: [Relay],
    providers: [NextService, { provide: OPTIONS, useValue: options }],
  })
  class RelayApp {}
  return {
    module: RelayApp,
    imports: [
      CorrelationModule.forRoot({ clock }),
      ProblemDetailsModule.forRoot({}),
      RequestDeadlineModule.forRoot({ clock }),
      HttpClientModule.forRoot({ clock, timeout: '10s' }),
      ResilienceModule.forRoot({ clock }),
    ],
  };
}
