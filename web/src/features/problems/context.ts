// What the client says of itself when a problem is reported; nothing about the person.
import { router } from '@/app/router'

/** The program's version, by the name of its main file: every build has another. */
function version(): string {
  const main = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src ?? ''
  return /-([\w-]+)\.js$/.exec(main)?.[1] ?? ''
}

/** The page one came from, without what stands behind the question mark. */
export function contextOf() {
  const from = router.options.history.state['back']
  const page = typeof from === 'string' ? (from.split(/[?#]/)[0] ?? '') : ''
  return { page: page || '/', client_version: version(), browser: navigator.userAgent }
}
