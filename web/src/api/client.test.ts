import { afterEach, expect, test, vi } from 'vitest'
import { api, onSignedOut } from './client'
import { Problem } from './problem'

const answer = (status: number, body?: unknown) => vi.fn(async (_address: string, _request: RequestInit) => new Response(body === undefined ? null : JSON.stringify(body), { status }))
function serve(fetch: unknown) {
  vi.stubGlobal('fetch', fetch)
}
afterEach(() => vi.unstubAllGlobals())

test('the address has what was given, and nothing for what was not', async () => {
  const fetch = answer(200, { items: [] })
  serve(fetch)
  await api.get('/api/v1/organisations/{id}/children', { params: { path: { id: '3201' }, query: { limit: 200, cursor: undefined } } })
  await api.get('/api/v1/organisations', { params: { query: { query: '实验 小学', kind: null } } })
  await api.get('/api/v1/progress')
  const query = new URLSearchParams({ query: '实验 小学' })
  expect(fetch.mock.calls.map(([address]) => address)).toEqual(['/api/v1/organisations/3201/children?limit=200', `/api/v1/organisations?${query}`, '/api/v1/progress'])
})

test('a body is sent as JSON, and nothing comes back from 204', async () => {
  const fetch = answer(204)
  serve(fetch)
  expect(await api.put('/api/v1/me/password', { body: { current_password: 'a', new_password: 'b' } })).toBeUndefined()
  const request = fetch.mock.calls[0]![1]
  expect(request.method).toBe('PUT')
  expect(request.body).toBe('{"current_password":"a","new_password":"b"}')
  expect(request.headers).toMatchObject({ 'Content-Type': 'application/json' })
})

test('what the server refuses is a problem; 401 also says that nobody is signed in', async () => {
  const left = vi.fn()
  onSignedOut(left)
  serve(answer(422, { code: 'invalid', title: '不正确', errors: [{ path: 'name', code: 'required', message: '请填写' }] }))
  await expect(api.get('/api/v1/me')).rejects.toMatchObject({ status: 422, code: 'invalid', message: '不正确', fields: [{ path: 'name' }] })
  expect(left).not.toHaveBeenCalled()
  serve(answer(401, {}))
  await expect(api.get('/api/v1/me')).rejects.toBeInstanceOf(Problem)
  expect(left).toHaveBeenCalledOnce()
})

const nobody = () => new Response(JSON.stringify({ code: 'http.sign_in_required', title: '' }), { status: 401 })
const found = (body: unknown) => new Response(JSON.stringify(body))
const change = { body: { current_password: 'a', new_password: 'b' } }

test('what was under way while the session got a new token is sent once more', async () => {
  const left = vi.fn()
  onSignedOut(left)
  let renew = (_: Response) => {}
  const renewed = new Promise<Response>(done => (renew = done))
  const asked: string[] = []
  serve(async (address: string) => {
    asked.push(address)
    if (address.endsWith('/password')) return renewed
    return asked.filter(one => one === address).length === 1 ? nobody() : found({ user_name: 'x' })
  })
  const password = api.put('/api/v1/me/password', change)
  const me = api.get('/api/v1/me')
  await Promise.resolve()
  renew(found({ token: null }))
  await password
  expect(await me).toEqual({ user_name: 'x' })
  expect(asked.filter(one => one === '/api/v1/me')).toHaveLength(2)
  expect(left).not.toHaveBeenCalled()
})

test('whoever has no session then either is signed out, and nothing is sent a third time', async () => {
  const left = vi.fn()
  onSignedOut(left)
  const asked: string[] = []
  serve(async (address: string) => {
    asked.push(address)
    return address.endsWith('/password') ? found({ token: null }) : nobody()
  })
  const waiting = api.get('/api/v1/me')
  await Promise.all([api.put('/api/v1/me/password', change), expect(waiting).rejects.toMatchObject({ status: 401 })])
  expect(asked.filter(one => one === '/api/v1/me')).toHaveLength(2)
  expect(left).toHaveBeenCalledOnce()
})

test('two requests that renew the token go one after the other', async () => {
  let under_way = 0
  let most = 0
  serve(async () => {
    most = Math.max(most, ++under_way)
    await new Promise(done => setTimeout(done))
    under_way--
    return found({ token: null })
  })
  await Promise.all([api.put('/api/v1/me/password', change), api.put('/api/v1/me/proof', { body: { password: 'a' } })])
  expect(most).toBe(1)
})

test('no network is a problem too, an abort is not', async () => {
  serve(() => Promise.reject(new TypeError('failed')))
  await expect(api.get('/api/v1/me')).rejects.toMatchObject({ status: 0, code: 'network' })
  serve(() => Promise.reject(new DOMException('stop', 'AbortError')))
  await expect(api.get('/api/v1/me')).rejects.toMatchObject({ name: 'AbortError' })
})

test('the compiler refuses what the API does not know', () => {
  const never = () => {
    // @ts-expect-error no such path
    void api.get('/api/v1/nothing')
    // @ts-expect-error no such method
    void api.delete('/api/v1/me')
    // @ts-expect-error the id is missing
    void api.get('/api/v1/reviews/{id}')
    // @ts-expect-error the body is missing
    void api.post('/api/v1/applications')
    // @ts-expect-error no such kind
    void api.post('/api/v1/applications', { body: { kind: 'parent' } })
  }
  expect(never).toBeTypeOf('function')
})
