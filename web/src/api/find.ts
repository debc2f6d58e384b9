// Finding organisations, for search fields and trees.
import { api } from './client'
import type { Organisation, OrganisationKind } from './organisations'
import type { Page } from './types'

export async function findOrganisations(text: string, signal: AbortSignal, limits: { kind?: OrganisationKind | undefined; under?: string | undefined } = {}): Promise<Organisation[]> {
  const query = { query: text, limit: 30, kind: limits.kind ?? null, under: limits.under ?? null }
  return (await api.get('/api/v1/organisations', { params: { query }, signal })).items
}

/** Those that report to an organisation directly, one page at a time. */
export function childrenOf(id: string, cursor?: string): Promise<Page<Organisation>> {
  return api.get('/api/v1/organisations/{id}/children', { params: { path: { id }, query: { limit: 200, cursor: cursor ?? null } } })
}

/** All classes of a school, by grade and number. */
export async function classesOf(school: string): Promise<Organisation[]> {
  const found: Organisation[] = []
  let cursor: string | undefined
  do {
    const page = await childrenOf(school, cursor)
    found.push(...page.items.filter(one => one.kind === 'class'))
    cursor = page.next ?? undefined
  } while (cursor)
  return found.sort((a, b) => (a.grade ?? 0) - (b.grade ?? 0) || (a.class_number ?? 0) - (b.class_number ?? 0))
}
