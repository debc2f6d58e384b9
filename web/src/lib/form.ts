// A form's errors: what the page finds before sending and what the server answers feed the same summary. Fields' ids are the server's paths.
import { ref, shallowRef } from 'vue'
import { fieldErrors, Problem } from '@/api/problem'

export type Errors = Record<string, string>

/** Leaves out the fields without a fault. */
export function faults(found: Record<string, string | undefined | false>): Errors {
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => !!entry[1]))
}

export function useForm() {
  const errors = shallowRef<Errors>({})
  const general = ref<string>()
  const busy = ref(false)

  function show(found: Errors, text?: string) {
    errors.value = found
    general.value = text
  }

  function showFault(fault: unknown) {
    const fields = fieldErrors(fault)
    const text = fault instanceof Problem || fault instanceof Error ? fault.message : String(fault)
    show(fields, Object.keys(fields).length ? undefined : text)
  }

  /** Runs `work` when `found` is empty; gives whether all went well. Not twice at a time. */
  async function submit(found: Errors, work: () => Promise<unknown>, refused?: (fault: Problem) => void): Promise<boolean> {
    if (busy.value) return false
    show(found)
    if (Object.keys(found).length) return false
    busy.value = true
    try {
      await work()
      return true
    } catch (fault) {
      showFault(fault)
      if (fault instanceof Problem) refused?.(fault)
      return false
    } finally {
      busy.value = false
    }
  }

  return { errors, general, busy, show, showFault, submit }
}
