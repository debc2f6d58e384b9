// Short messages that tell how something went, seen and read aloud; with an action such as "undo" they stay until their time is up.
import { readonly, ref } from 'vue'

export interface Status {
  id: number
  text: string
  kind: 'done' | 'info' | 'fault'
  action?: { label: string; run(): void }
  seconds: number
}

const list = ref<Status[]>([])
export const statuses = readonly(list)
let last = 0

export function dismiss(id: number) {
  list.value = list.value.filter(one => one.id !== id)
}

/** Shows a message; gives its id, for dismiss. */
export function say(text: string, options: Partial<Pick<Status, 'kind' | 'action' | 'seconds'>> = {}): number {
  const id = ++last
  const seconds = options.seconds ?? (options.kind === 'fault' ? 12 : 6)
  list.value = [...list.value, { id, text, kind: options.kind ?? 'done', seconds, ...(options.action ? { action: options.action } : {}) }].slice(-3)
  setTimeout(() => dismiss(id), seconds * 1000)
  return id
}

/** Tells what went wrong, in the server's words. */
export function sayFault(fault: unknown): number {
  return say(fault instanceof Error ? fault.message : String(fault), { kind: 'fault' })
}
