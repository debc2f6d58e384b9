// The service worker that keeps the shell, home and the card for use without a network.
import { ref } from 'vue'

/** A newer version waits; `takeNewVersion` starts it. */
export const newVersion = ref(false)
let waiting: ServiceWorker | null = null

export function takeNewVersion() {
  waiting?.postMessage('skip-waiting')
}

function watchFor(registration: ServiceWorkerRegistration) {
  const ready = (worker: ServiceWorker | null) => {
    if (!worker || !navigator.serviceWorker.controller) return
    waiting = worker
    newVersion.value = true
  }
  ready(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => worker.state === 'installed' && ready(worker))
  })
}

export function startWorker() {
  if (!('serviceWorker' in navigator)) return
  let asked = false
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked || !newVersion.value) return
    asked = true
    location.reload()
  })
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').then(found => found && watchFor(found), () => undefined) // private windows refuse it: the site works without
  })
}
