/** What every answer of a service keeps to, whatever was asked. */
import type { RestAnswer } from './rest-answer.ts';

/** Why the answer breaks a rule; undefined for one that keeps them all. */
export function faultOf(answer: RestAnswer, tolerated: ReadonlySet<string>): string | undefined {
  const { status, headers, text } = answer;
  if (status < 400) return undefined;
  if (headers['content-type'] !== 'application/problem+json')
    return `an error as ${String(headers['content-type'])}`;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return 'a problem that is no JSON';
  }
  const { code } = problem;
  if (typeof code !== 'string' || !/^[a-z-]+\.[a-z-]+$/.test(code)) return `no stable code: ${String(code)}`;
  if (status >= 500 && !tolerated.has(code)) return `${status} ${code}`;
  if (problem.type !== `urn:exec:problem:${code}`) return `type ${String(problem.type)} of code ${code}`;
  if (problem.status !== status) return `status ${String(problem.status)} in the body of a ${status}`;
  for (const name of ['title', 'detail', 'requestId'] as const)
    if (typeof problem[name] !== 'string' || problem[name] === '') return `no ${name}`;
  // A request that never became one has no header of its own.
  const id = headers['x-request-id'];
  if (id !== undefined && id !== problem.requestId)
    return 'another request ID in the body than in the header';
  return undefined;
}
