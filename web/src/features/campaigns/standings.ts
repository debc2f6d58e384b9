// Orders of the rows below an organisation.
import type { StandingRow } from '@/api/campaigns'

export type Order = 'tree' | 'reached' | 'missing' | 'deadline'
export const orders: readonly Order[] = ['tree', 'reached', 'missing', 'deadline']

/** Rows without a target come last where the order is of how much of it is reached. */
export function ordered(rows: readonly StandingRow[], order: Order): StandingRow[] {
  const list = [...rows]
  const reached = (row: StandingRow) => (row.target ? row.certified / row.target : Infinity)
  if (order === 'reached') list.sort((a, b) => reached(a) - reached(b))
  if (order === 'missing') list.sort((a, b) => b.missing - a.missing)
  if (order === 'deadline') list.sort((a, b) => a.deadline.localeCompare(b.deadline))
  return list
}
