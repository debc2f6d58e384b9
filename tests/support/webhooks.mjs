// An app that hears of events: an HTTP server of its own whose requests are checked with the library of the Standard Webhooks project.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { eventually } from './client.mjs'
import { root } from './server.mjs'

export const { Webhook } = createRequire(join(root, 'web/package.json'))('standardwebhooks')

/**
 * Keeps what it hears: { id, body, headers, raw, at }, each with the address that was asked. `answers` says for an address what comes
 * back: a status, [status, headers, body], or nothing at all for no answer.
 */
export async function receiver(t) {
  const heard = []
  const answers = {}
  const server = createServer(async (request, reply) => {
    let raw = ''
    for await (const part of request) raw += part
    heard.push({ path: request.url, method: request.method, id: request.headers['webhook-id'], headers: request.headers, raw, at: Date.now() })
    const answer = request.url in answers ? answers[request.url] : 204
    if (answer === undefined) return
    const [status, headers = {}, body = ''] = Array.isArray(answer) ? answer : [answer]
    reply.writeHead(status, headers).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${server.address().port}`
  const of = (path, type) => heard.filter(one => one.path === path && (!type || JSON.parse(one.raw).type === type))
  return {
    url,
    heard,
    answers,
    of,
    /** Waits for so many requests at an address, of one type of event if it is said. */
    async expect(path, { type, count = 1, seconds = 60 } = {}) {
      return eventually(() => of(path, type).length >= count && of(path, type), `${count} × ${type ?? 'anything'} at ${path}`, seconds)
    },
  }
}

/** Checks the signature as an app would; gives the event. */
export const opened = (secret, request) => new Webhook(secret).verify(request.raw, request.headers)
