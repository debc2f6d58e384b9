// Cuts a text into plain and highlighted pieces. Places are counted in code points, as the server does: 𬭊 is one.
import type { Span } from '@/api/applications'

export interface Piece {
  text: string
  marked: boolean
}

export function pieces(text: string, spans: readonly Span[]): Piece[] {
  const marked = new Set(spans.flatMap(span => Array.from({ length: span.length }, (_, i) => span.start + i)))
  const result: Piece[] = []
  for (const [index, point] of [...text].entries()) {
    const last = result.at(-1)
    if (last && last.marked === marked.has(index)) last.text += point
    else result.push({ text: point, marked: marked.has(index) })
  }
  return result
}
