// Plain text as people write it, shown with its paragraphs, lists and links. Nothing in it is ever HTML: what is shown are text nodes.
export interface Piece {
  text: string
  href?: string
  mark?: boolean
}
export interface Block {
  kind: 'paragraph' | 'bullets' | 'numbers'
  lines: Piece[][]
}

const bullet = /^\s*[-*•·]\s+/
const number = /^\s*\d{1,2}[.、)]\s*/
// Ends before what belongs to the sentence around it.
const link = /https?:\/\/[^\s<>"“”‘’《》（）()，。；！？、]+/g

/** The text cut so that each of `marks` that is found in it, whatever its case, stands alone. */
export function marked(text: string, marks: readonly string[] = []): Piece[] {
  const wanted = marks.filter(mark => mark.trim()).map(mark => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (!wanted.length) return text ? [{ text }] : []
  const pieces: Piece[] = []
  // The longest first, so that a word inside another one does not cut it.
  const parts = text.split(new RegExp(`(${wanted.sort((a, b) => b.length - a.length).join('|')})`, 'giu'))
  parts.forEach((part, at) => {
    if (part) pieces.push(at % 2 ? { text: part, mark: true } : { text: part })
  })
  return pieces
}

function piecesOf(line: string, marks: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of line.matchAll(link)) {
    pieces.push(...marked(line.slice(at, found.index), marks), { text: found[0], href: found[0] })
    at = found.index + found[0].length
  }
  return [...pieces, ...marked(line.slice(at), marks)]
}

export function blocksOf(text: string, marks: readonly string[] = []): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const line of text.split('\n')) {
    if (!line.trim()) {
      open = undefined
      continue
    }
    const kind = bullet.test(line) ? 'bullets' : number.test(line) ? 'numbers' : 'paragraph'
    if (open?.kind !== kind) blocks.push((open = { kind, lines: [] }))
    open.lines.push(piecesOf(kind === 'paragraph' ? line : line.replace(kind === 'bullets' ? bullet : number, ''), marks))
  }
  return blocks
}
