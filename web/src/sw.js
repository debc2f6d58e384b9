// Keeps the shell, home, the card and verification for use without a network. Never touches /api: what is personal is kept by the pages
// themselves. The two names in capitals are filled in by vite.config.ts.
const shell = 'shell-' + __VERSION__

self.addEventListener('install', event => {
  event.waitUntil(caches.open(shell).then(cache => cache.addAll(__PRECACHE__)))
})

self.addEventListener('message', event => {
  if (event.data === 'skip-waiting') self.skipWaiting()
})

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith('shell-') && name !== shell) await caches.delete(name)
  }
  await self.clients.claim()
}
self.addEventListener('activate', event => event.waitUntil(takeOver()))

/** Pages from the network while it answers quickly, else the kept shell; files with a hash in their name from the cache. */
async function page(request) {
  const kept = await caches.match('/index.html', { cacheName: shell })
  if (!kept) return fetch(request)
  const network = fetch(request).then(answer => (answer.ok ? answer : kept))
  const patience = new Promise(done => setTimeout(() => done(kept), 2500))
  return Promise.race([network.catch(() => kept), patience])
}

/** Other pages' files are kept once they were used: their names carry a hash, so they never change. */
async function file(event) {
  const { request } = event
  const kept = await caches.match(request, { cacheName: shell })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && new URL(request.url).pathname.startsWith('/assets/')) {
    const copy = answer.clone()
    event.waitUntil(caches.open(shell).then(cache => cache.put(request, copy)))
  }
  return answer
}

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api')) return
  if (url.pathname.startsWith('/scan')) return // the staff scanner is a document of its own
  event.respondWith(request.mode === 'navigate' ? page(request) : file(event))
})
