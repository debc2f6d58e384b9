// Columns of a list of which somebody says which line is the headings, or that there is none.
import type { ImportColumn, SheetStart } from '@/api/roster'

/** As spreadsheets call a column: A, B, … Z, AA. */
export const letters = (column: number): string => (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCharCode(65 + (column % 26))

/** The columns under the headings in `line`; without one, columns are called by their places. `heading` gives a place's words. */
export function columnsOf({ sheet, rows }: SheetStart, line: number | undefined, heading: (letters: string, example: string) => string): ImportColumn[] {
  const row = rows.find(one => one.line === line)
  if (row) return row.cells.filter(cell => cell.key).map(cell => ({ sheet, heading: cell.text, key: cell.key, ...(cell.field ? { field: cell.field } : {}) }))
  const width = Math.max(0, ...rows.map(one => one.cells.length))
  return Array.from({ length: width }, (_, at) => ({ sheet, heading: heading(letters(at), rows.find(one => one.cells[at]?.text)?.cells[at]?.text ?? ''), key: `@/${at}` }))
}
