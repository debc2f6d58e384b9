// Sums and orders of progress.
import type { PersonKind } from '@/api/applications'
import type { Counts, NodeProgress } from '@/api/rollout'
import { percent } from '@/lib/format'

export const certifications = ['certified', 'in_review', 'returned', 'not_begun'] as const

export const totalOf = (counts: Counts) => certifications.reduce((sum, one) => sum + counts[one], 0)
export const countsOf = (node: NodeProgress, kind: PersonKind | '') => (kind ? node.by_kind[kind] : node.counts)

/** Share in percent, one decimal, rounded down so that 100 means all; nothing where nobody is expected. */
export function rateOf(counts: Counts): number | undefined {
  const total = totalOf(counts)
  return total === 0 ? undefined : Math.floor((counts.certified / total) * 1000) / 10
}

/** The same in words: "<0.1%" where it is more than nothing. */
export const shareOf = (counts: Counts) => percent(counts.certified, totalOf(counts))

export type Order = 'tree' | 'rate' | 'left'

export function ordered(nodes: readonly NodeProgress[], kind: PersonKind | '', order: Order): NodeProgress[] {
  const list = [...nodes]
  const left = (node: NodeProgress) => totalOf(countsOf(node, kind)) - countsOf(node, kind).certified
  const rate = (node: NodeProgress) => rateOf(countsOf(node, kind)) ?? -1
  if (order === 'rate') list.sort((a, b) => rate(b) - rate(a))
  if (order === 'left') list.sort((a, b) => left(b) - left(a))
  return list
}
