// Problem details
export { ProblemDetailsModule } from './problem-details/problem-details.module.js';
export { ProblemDetailsFilter } from './problem-details/problem-details.filter.js';
export { answerFrameworkError } from './problem-details/framework-errors.js';
export { ProblemError } from './problem-details/problem.error.js';
export type { ProblemErrorOptions } from './problem-details/problem.error.js';
export type { ProblemDetailsModuleOptions } from './problem-details/problem-details.options.js';
export type { RemoteProblem } from './problem-details/remote-problem.js';
export type { ProblemDetails, ProblemIssue } from './problem-details/problem.js';

// Deadlines
export { RequestDeadlineModule } from './deadline/request-deadline.module.js';
export type { RequestDeadlineOptions } from './deadline/request-deadline.options.js';
export { DeadlineExceededError } from '@loyalnest/core';

// Limits of input
export { InputLimitsModule } from './input-limits/input-limits.module.js';
export type { InputLimitsOptions } from './input-limits/input-limits.options.js';
export { InputRefusedError } from './input-limits/input-refused.error.js';
export { IdPipe } from './input-limits/id.pipe.js';
export { findInputFault } from './input-limits/input-fault.js';
export type { InputFault } from './input-limits/input-fault.js';
// Limits of the server
export { HttpServerModule } from './server/http-server.module.js';
export type { HttpServerModuleOptions } from './server/http-server.options.js';

// Overload
export { OverloadModule } from './overload/overload.module.js';
export type { OverloadModuleOptions } from './overload/overload.options.js';
export { RequestPriority } from './overload/request-priority.decorator.js';
export { LongPoll } from './overload/long-poll.decorator.js';
export { OverloadedError } from './overload/overloaded.error.js';

// Validation and JSON
export { ValidationModule } from './validation/validation.module.js';
export { createValidationPipe } from './validation/validation-pipe.js';
export { ValidationFailedError } from './validation/validation-failed.error.js';
export { parseLosslessJson } from './json/lossless-json.js';
export { MalformedJsonError } from './json/malformed-json.error.js';

// Calls to other services
export { HttpClientModule } from './client/http-client.module.js';
export { HttpClient } from './client/http-client.js';
export type { HttpClientModuleOptions } from './client/http-client.options.js';
export type { HttpRequest, HttpRequestOptions } from './client/http-request.js';
export { HttpResponse } from './client/http-response.js';
export { contextFetch } from './propagation/context-fetch.js';
export type { ContextFetchOptions } from './propagation/context-fetch.js';
export { carryWithAxios, propagateWithAxios } from './propagation/propagate-with-axios.js';
export type { PropagationOptions } from './propagation/known-origins.js';

// Errors of those calls
export { CredentialRefusedError } from './client/credential-refused.error.js';
export { DotSegmentError } from './client/dot-segment.error.js';
export { HttpResponseError } from './client/http-response.error.js';
export { HttpTimeoutError } from './client/http-timeout.error.js';
export { HttpUnavailableError } from './client/http-unavailable.error.js';
export type { UnavailableReason } from './client/http-unavailable.error.js';
export { MalformedResponseError } from './client/malformed-response.error.js';
export { ResponseTooLargeError } from './client/response-too-large.error.js';

// Events
export { httpExchanged } from './client/http-client.events.js';
export type { HttpExchanged } from './client/http-client.events.js';
export { requestsRefused } from './overload/overload.events.js';
export type { RefusalReason, RequestsRefused } from './overload/overload.events.js';
