// The one way to the server. Paths, parameters, bodies and answers are typed by the API's own description (types.ts); what the server refuses
// is thrown as a Problem.
//
//   const page = await ask(api.GET('/api/v1/reviews', { params: { query: { state: 'submitted' } } }))
import createClient from 'openapi-fetch'
import { language } from '@/lib/i18n'
import { Problem, problemOf } from './problem'
import type { paths } from './types'
import { texts } from '@/lib/i18n'

const t = texts({ unreachable: ['连不上服务器，请检查网络后再试。', 'The server cannot be reached. Check the network and try again.'] })

let signedOut = () => {}
/** What to do when the server no longer knows the session. */
export function onSignedOut(then: () => void) {
  signedOut = then
}

async function send(request: Request): Promise<Response> {
  let response: Response
  try {
    response = await fetch(request)
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault
    throw new Problem(0, 'network', t('unreachable'))
  }
  if (response.ok) return response
  const problem = await problemOf(response)
  if (problem.isSignedOut) signedOut()
  throw problem
}

export const api = createClient<paths>({ credentials: 'same-origin', fetch: send })
api.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language.value)
    return request
  },
})

/** The body of a request that must succeed. */
export async function ask<T>(request: Promise<{ data?: T }>): Promise<T> {
  return (await request).data as T
}

/** Sends a file as the whole body; `progress` is told the share that has left, 0 to 1. */
export function upload<T>(path: string, query: Record<string, string>, file: Blob, progress: (share: number) => void): Promise<T> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${path}?${new URLSearchParams(query)}`)
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.setRequestHeader('Accept-Language', language.value)
    request.upload.onprogress = event => event.lengthComputable && progress(event.loaded / event.total)
    request.onerror = () => fail(new Problem(0, 'network', t('unreachable')))
    request.onload = async () => {
      const response = new Response(request.responseText || null, { status: request.status, headers: { 'retry-after': request.getResponseHeader('retry-after') ?? '' } })
      if (response.ok) return done((await response.json()) as T)
      const problem = await problemOf(response)
      if (problem.isSignedOut) signedOut()
      fail(problem)
    }
    request.send(file)
  })
}
