// Something masked that can be shown whole for a while: the server audits it, and it hides by itself.
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { sayFault } from './status'

const kSeconds = 30

/** `of` is what is looked at: when it changes, nothing stays shown. */
export function useReveal<T>(of: () => string, ask: () => Promise<T> | undefined) {
  const shown = shallowRef<T>()
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  function hide() {
    clearInterval(timer)
    shown.value = undefined
  }

  async function show() {
    const asked = of()
    try {
      const found = await ask()
      if (asked !== of()) return
      hide()
      shown.value = found
      left.value = kSeconds
      timer = setInterval(() => --left.value <= 0 && hide(), 1000)
    } catch (fault) {
      sayFault(fault)
    }
  }

  watch(of, hide)
  onScopeDispose(hide)
  return { shown, left, show, hide }
}
