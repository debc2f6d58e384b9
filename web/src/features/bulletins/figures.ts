// What of a bulletin's figures is computed for showing: shares and orders. The numbers are the server's.
import type { FigureRow } from '@/api/bulletins'
import { percent } from '@/lib/format'

export const columns = ['total', 'certified', 'rate', 'in_review', 'returned', 'not_begun', 'overdue'] as const

export const shareOf = (row: FigureRow) => percent(row.certified, row.total)

/** Tenths of a percent, as the server rounds. */
export const tenthsOf = (row: FigureRow) => (row.total === 0 ? undefined : Math.floor((row.certified * 1000) / row.total))

/** The highest rate first, who has nobody last; equal ones as they come. */
export function byRate(rows: readonly FigureRow[]): FigureRow[] {
  const rate = (row: FigureRow) => (row.total === 0 ? -1 : row.certified / row.total)
  return [...rows].sort((one, other) => rate(other) - rate(one))
}
