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

/** Listens to an event stream of the API until the returned function is called, or the component that called this is gone. */
export function listen(path: string, topics: readonly string[], listener: Listener): () => void {
  const source = new EventSource(path)
  const hear = (event: MessageEvent<string>) => listener.event(event.type, parse(event.data))
  for (const topic of topics) source.addEventListener(topic, hear)
  source.onopen = () => listener.opened?.()
  const stop = () => source.close()
  onScopeDispose(stop, true)
  return stop
}
