// Problem details (RFC 9457) as the server sends them: { status, code, title, detail, errors: [{ path, code, message }] }.
export interface FieldProblem {
  path: string
  code: string
  message: string
}

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
}

type Wire = { code?: unknown; title?: unknown; detail?: unknown; errors?: unknown }

function field(from: unknown): FieldProblem {
  const one = from as Record<string, unknown>
  return { path: String(one['path'] ?? one['field'] ?? ''), code: String(one['code'] ?? ''), message: String(one['message'] ?? one['detail'] ?? '') }
}

export async function problemOf(response: Response): Promise<Problem> {
  let body: Wire = {}
  try {
    body = (await response.json()) as Wire
  } catch {
    // a proxy in front answered with something else
  }
  const wait = Number(response.headers.get('retry-after')) || undefined
  const text = String(body.detail ?? body.title ?? `HTTP ${response.status}`)
  const fields = Array.isArray(body.errors) ? body.errors.map(field) : []
  return new Problem(response.status, String(body.code ?? ''), text, fields, wait)
}

/** Field errors by path, for forms: { "guardians[0].phone": "…" }. */
export function fieldErrors(problem: unknown): Record<string, string> {
  if (!(problem instanceof Problem)) return {}
  return Object.fromEntries(problem.fields.map(one => [one.path, one.message]))
}
