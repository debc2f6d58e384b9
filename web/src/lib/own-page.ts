/** The page of this site that a link named; the first page when it named anything else, however it was written. */
export function ownPage(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/'
  try {
    const to = new URL(wanted, location.origin) // reads it as the browser would: /\host and /<tab>/host are other sites
    const path = to.pathname + to.search + to.hash
    return to.origin === location.origin && !path.startsWith('//') ? path : '/'
  } catch {
    return '/'
  }
}
