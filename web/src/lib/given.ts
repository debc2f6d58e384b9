import type { LocationQuery } from 'vue-router'

type Given<Name extends string> = Partial<Record<Name, string>> & { repeated?: string[] }

/** What an app's address gives of these parameters. Which came more than once is told, so that the server refuses them (RFC 6749, 3.1). */
export function given<Name extends string>(query: LocationQuery, names: readonly Name[]): Given<Name> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = query[name]
    if (typeof value === 'string') found[name] = value
  }
  const repeated = Object.keys(query).filter(name => Array.isArray(query[name]))
  return (repeated.length ? { ...found, repeated } : found) as Given<Name>
}
