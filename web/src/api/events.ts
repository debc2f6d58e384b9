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

const firstPause = 3_000
const longestPause = 60_000

/** Listens to topics ("job:<id>", "progress:<organisation id>") until the returned function is called, or the component that called this is gone. */
export function listen(topics: readonly string[], listener: Listener): () => void {
  const hear = (event: MessageEvent<string>) => listener.event(event.type, parse(event.data))
  let source: EventSource
  let again: ReturnType<typeof setTimeout> | undefined
  let pause = firstPause
  function open() {
    source = new EventSource(`/api/v1/events?${new URLSearchParams(topics.map(topic => ['topics', topic]))}`)
    for (const topic of topics) source.addEventListener(topic, hear)
    source.onopen = () => {
      pause = firstPause
      listener.opened?.()
    }
    // After an answer that is not a stream the browser gives up: when the session's token was just renewed, or the server is busy.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return
      again = setTimeout(open, pause)
      pause = Math.min(2 * pause, longestPause)
    }
  }
  open()
  const stop = () => {
    clearTimeout(again)
    source.close()
  }
  onScopeDispose(stop, true)
  return stop
}
