// A changed password and shown proof give the session a new token: the old one is good for nothing from then on, also for requests that were
// under way with it, of this page or of another one in the same browser. Those are sent once more when the new cookie is there.
const name = 'educard.session-renewed'
const renews = new Set(['/api/v1/me/password', '/api/v1/me/proof'])
let own: Promise<unknown> = Promise.resolve()
let last = 0

/** When the token was last renewed, in any page of this browser. */
function lastRenewal(): number {
  try {
    return Math.max(last, Number(localStorage.getItem(name)))
  } catch {
    return last // storage is switched off: other pages are not known of
  }
}

function note() {
  last = Date.now()
  try {
    localStorage.setItem(name, String(last))
  } catch {
    // as above
  }
}

/** Pages wait for one another where the browser lets them (not over plain HTTP). */
function alone<T>(mode: LockMode, then: () => Promise<T>): Promise<T> {
  return 'locks' in navigator && navigator.locks ? (navigator.locks.request(name, { mode }, then) as Promise<T>) : then()
}

/** Sends a request that may renew the token: one at a time, or two answers would leave the cookie of the wrong one. */
export function renewing<T>(method: string, path: string, send: () => Promise<T>): Promise<T> {
  if (method !== 'put' || !renews.has(path)) return send()
  const after = own.catch(() => {}).then(() => alone('exclusive', () => send().finally(note)))
  own = after
  return after
}

/** Whether a request that began at `began` and found nobody signed in is worth sending once more; waits for a renewal that is under way. */
export async function renewedSince(began: number): Promise<boolean> {
  await own.catch(() => {})
  await alone('shared', async () => {})
  return lastRenewal() >= began
}
