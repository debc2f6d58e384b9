// Problem details (RFC 9457) as the server sends them: { title, status, code, errors: [{ path, code, message }], request_id }.
import type { Schema } from './types'

export type FieldProblem = Schema<'http.ProblemField'>

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(text)
    this.name = 'Problem'
  }

  /** Nobody is signed in (any more). */
  get isSignedOut() {
    return this.status === 401
  }

  /** The session was not found: it has ended, or its token was renewed while the request was under way. */
  get lacksSession() {
    return this.code === 'http.sign_in_required'
  }

  /** The person has to show again that it is them. */
  get wantsProof() {
    return this.code === 'http.proof_required'
  }
}

type Wire = Partial<Schema<'http.Problem'>>

export async function problemOf(response: Response): Promise<Problem> {
  let body: Wire = {}
  try {
    body = (await response.json()) as Wire
  } catch {
    // a proxy in front answered with something else
  }
  const wait = Number(response.headers.get('retry-after')) || undefined
  return new Problem(response.status, body.code ?? '', body.title ?? `HTTP ${response.status}`, body.errors ?? [], wait)
}

/** Field errors by path, for forms: { "guardians[0].phone": "…" }. */
export function fieldErrors(problem: unknown): Record<string, string> {
  if (!(problem instanceof Problem)) return {}
  return Object.fromEntries(problem.fields.map(one => [one.path, one.message]))
}
