// What changed between two texts, character by character for Han and word by word for the rest.
export interface Change {
  kind: 'same' | 'gone' | 'new'
  text: string
}

const piece = /[A-Za-z0-9]+|\s+|./gsu
const most = 3_000 // pieces; longer texts are compared line by line

function cut(text: string): string[] {
  const pieces = text.match(piece) ?? []
  return pieces.length <= most ? pieces : text.split(/(?<=\n)/)
}

/** The longest common subsequence, after what both begin and end with. */
export function differences(before: string, after: string): Change[] {
  let a = cut(before)
  let b = cut(after)
  if (a.length > most || b.length > most) return before === after ? [{ kind: 'same', text: before }] : [{ kind: 'gone', text: before }, { kind: 'new', text: after }]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [head, tail] = [a.slice(0, start), a.slice(a.length - end)]
  a = a.slice(start, a.length - end)
  b = b.slice(start, b.length - end)
  const width = b.length + 1
  const length = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1]! + 1 : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
  const changes: Change[] = []
  const add = (kind: Change['kind'], text: string) => {
    const last = changes.at(-1)
    if (!text) return
    if (last?.kind === kind) last.text += text
    else changes.push({ kind, text })
  }
  add('same', head.join(''))
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', a[i++]!)
      j++
    } else if (i < a.length && (j === b.length || length[(i + 1) * width + j]! >= length[i * width + j + 1]!)) add('gone', a[i++]!)
    else add('new', b[j++]!)
  }
  add('same', tail.join(''))
  return changes
}
