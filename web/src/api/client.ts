// The one way to the server. Paths, parameters, bodies and answers are typed by the API's own description (schema.d.ts); what the
// server refuses is thrown as a Problem.
//
//   const page = await api.get('/api/v1/reviews', { params: { query: { state: 'submitted' } } })
import { language, texts } from '@/lib/i18n'
import { Problem, problemOf } from './problem'
import { renewedSince, renewing } from './renewal'
import type { Answer, Method, Options, PathsWith } from './types'

const t = texts({ unreachable: ['连不上服务器，请检查网络后再试。', 'The server cannot be reached. Check the network and try again.'] })

let signedOut = () => {}
/** What to do when the server no longer knows the session. */
export function onSignedOut(then: () => void) {
  signedOut = then
}

let prove = () => Promise.resolve(false)
/** How the person shows that it is them, when the server wants that before a dangerous act; gives whether they did. */
export function onProofRequired(ask: () => Promise<boolean>) {
  prove = ask
}

function told(problem: Problem): Problem {
  if (problem.isSignedOut) signedOut()
  return problem
}

interface AnyOptions {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }
  body?: unknown
  signal?: AbortSignal
  keepalive?: boolean
}

/** What is null or absent is not asked for. */
function addressOf(path: string, params: AnyOptions['params']): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params?.query ?? {})) if (value != null) query.append(name, String(value))
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.path?.[name])))
  return query.size ? `${filled}?${query}` : filled
}

const repeatAfter = 1_000

/** POST and DELETE carry a key, so that the server does it once however often it arrives; when the connection breaks it is sent once more. */
async function fetchOnce(address: string, request: RequestInit, method: Method): Promise<Response> {
  if (method !== 'post' && method !== 'delete') return fetch(address, request)
  const keyed = { ...request, headers: { ...request.headers, 'Idempotency-Key': crypto.randomUUID() } }
  try {
    return await fetch(address, keyed)
  } catch (fault) {
    if (request.signal?.aborted || request.keepalive || !navigator.onLine) throw fault
    await new Promise(done => setTimeout(done, repeatAfter))
    return fetch(address, keyed)
  }
}

async function send(method: Method, path: string, options: AnyOptions = {}): Promise<unknown> {
  try {
    return await sendOnce(method, path, options)
  } catch (fault) {
    if (!(fault instanceof Problem && fault.wantsProof && (await prove()))) throw fault
    return sendOnce(method, path, options)
  }
}

async function sendOnce(method: Method, path: string, { params, body, ...rest }: AnyOptions): Promise<unknown> {
  const headers: Record<string, string> = { 'Accept-Language': language.value }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const request: RequestInit = { method: method.toUpperCase(), headers, credentials: 'same-origin', ...rest }
  if (body !== undefined) request.body = JSON.stringify(body)
  const ask = async () => {
    const response = await fetchOnce(addressOf(path, params), request, method)
    return { response, problem: response.ok ? undefined : await problemOf(response) }
  }
  try {
    const began = Date.now()
    let answer = await renewing(method, path, ask)
    if (answer.problem?.lacksSession && (await renewedSince(began))) answer = await renewing(method, path, ask)
    if (answer.problem) throw told(answer.problem)
    return answer.response.status === 204 ? undefined : answer.response.json()
  } catch (fault) {
    if (fault instanceof Problem || (fault instanceof DOMException && fault.name === 'AbortError')) throw fault
    throw new Problem(0, 'network', t('unreachable'))
  }
}

type Call<M extends Method> = <Path extends PathsWith<M>>(path: Path, ...options: Options<Path, M>) => Promise<Answer<Path, M>>
const call = <M extends Method>(method: M) => ((path: string, options?: AnyOptions) => send(method, path, options)) as Call<M>

export const api = { get: call('get'), post: call('post'), put: call('put'), patch: call('patch'), delete: call('delete') }

/** Sends a file as the whole body; `progress` is told the share that has left, 0 to 1. */
export async function upload<T>(path: string, query: Record<string, string>, file: Blob, progress: (share: number) => void): Promise<T> {
  const began = Date.now()
  let answer = await uploadOnce<T>(path, query, file, progress)
  if (answer instanceof Problem && answer.lacksSession && (await renewedSince(began))) answer = await uploadOnce<T>(path, query, file, progress)
  if (answer instanceof Problem) throw told(answer)
  return answer
}

function uploadOnce<T>(path: string, query: Record<string, string>, file: Blob, progress: (share: number) => void): Promise<T | Problem> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${path}?${new URLSearchParams(query)}`)
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.setRequestHeader('Accept-Language', language.value)
    request.upload.onprogress = event => event.lengthComputable && progress(event.loaded / event.total)
    request.onerror = () => fail(new Problem(0, 'network', t('unreachable')))
    request.onload = async () => {
      const response = new Response(request.responseText || null, { status: request.status, headers: { 'retry-after': request.getResponseHeader('retry-after') ?? '' } })
      done(response.ok ? ((await response.json()) as T) : await problemOf(response))
    }
    request.send(file)
  })
}
