// Finding organisations, for search fields and trees.
import { api } from './client'
import type { Organisation, OrganisationKind } from './organisations'

export async function findOrganisations(text: string, signal: AbortSignal, limits: { kind?: OrganisationKind | undefined; under?: string | undefined } = {}): Promise<Organisation[]> {
  const query = { query: text, limit: 30, ...(limits.kind ? { kind: limits.kind } : {}), ...(limits.under ? { under: limits.under } : {}) }
  return (await api.get('/api/v1/organisations', { params: { query }, signal })).items
}

/** All that report to an organisation directly, page by page. */
export async function childrenOf(id: string): Promise<Organisation[]> {
  const all: Organisation[] = []
  let cursor: string | undefined
  do {
    const page = await api.get('/api/v1/organisations/{id}/children', { params: { path: { id }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } })
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return all
}
