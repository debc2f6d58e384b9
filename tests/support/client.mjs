// A caller of the API, as a program would be: JSON over HTTP with a bearer token.
import assert from 'node:assert/strict'

// These give the session a new token.
const renews = new Set(['/api/v1/me/password', '/api/v1/me/proof'])

export class Client {
  constructor(url, token) {
    this.url = url
    this.token = token
  }

  /** One request; gives { status, body, headers } and never throws for an HTTP status. */
  async call(method, path, body, headers = {}) {
    const raw = body instanceof Uint8Array || typeof body === 'string'
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    if (method === 'PUT' && response.ok && renews.has(path)) this.token = JSON.parse(text).token ?? this.token
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text, headers: response.headers }
  }

  /** A request that must succeed; gives its body. */
  async ok(method, path, body, headers) {
    const answer = await this.call(method, path, body, headers)
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** A request that must be refused with this status and, if given, problem code; gives its body. */
  async refused(status, method, path, body, code) {
    const answer = await this.call(method, path, body)
    assert.equal(answer.status, status, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    if (code) assert.equal(answer.body.code, code)
    return answer.body
  }

  get(path) {
    return this.ok('GET', path)
  }
  post(path, body) {
    return this.ok('POST', path, body)
  }
  put(path, body) {
    return this.ok('PUT', path, body)
  }
  patch(path, body) {
    return this.ok('PATCH', path, body)
  }
  delete(path) {
    return this.ok('DELETE', path)
  }

  /** All items of a list that comes by cursor. */
  async all(path) {
    const items = []
    let cursor
    do {
      const page = await this.get(path + (cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''))
      items.push(...page.items)
      cursor = page.next
    } while (cursor)
    return items
  }
}

/** Repeats a request that the server is too busy for, as often and as late as it says. */
export async function whileBusy(ask, times = 20) {
  const answer = await ask()
  if (answer.status !== 503 || times === 0) return answer
  await new Promise(done => setTimeout(done, Number(answer.headers.get('retry-after') ?? 1) * 1000))
  return whileBusy(ask, times - 1)
}

/** Repeats `ask` until it gives something; for work that the server does in the background. */
export async function eventually(ask, what, seconds = 60) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await ask()
    if (found) return found
    assert.ok(Date.now() < end, `waited ${seconds} s for ${what}`)
    await new Promise(done => setTimeout(done, 50))
  }
}
