// Live events from the server (text/event-stream). The browser connects again by itself; `opened` is told each time, because what
// happened in between was missed and has to be read again.
import { onScopeDispose } from 'vue'

export interface Listener {
  event(topic: string, data: unknown): void
  opened?(): void
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Listens to topics ("job:<id>", "progress:<organisation id>") until the returned function is called, or the component that called this is gone. */
export function listen(topics: readonly string[], listener: Listener): () => void {
  const source = new EventSource(`/api/v1/events?${new URLSearchParams(topics.map(topic => ['topics', topic]))}`)
  const hear = (event: MessageEvent<string>) => listener.event(event.type, parse(event.data))
  for (const topic of topics) source.addEventListener(topic, hear)
  source.onopen = () => listener.opened?.()
  const stop = () => source.close()
  onScopeDispose(stop, true)
  return stop
}
