// What a form knows of its faults: those found here and those found by the server, under the ids of its fields.
import { ref } from 'vue'
import { fieldErrors, Problem } from '@/api/problem'

export function useForm(prefix: string) {
  const errors = ref<Record<string, string>>({})
  const general = ref<string>()
  const busy = ref(false)
  const id = (field: string) => `${prefix}-${field}`

  function clear() {
    errors.value = {}
    general.value = undefined
  }

  function faulty(fault: unknown, fieldOf: (path: string) => string) {
    const found = Object.entries(fieldErrors(fault)).map(([field, text]) => [id(fieldOf(field)), text] as const)
    errors.value = Object.fromEntries(found)
    general.value = found.length ? undefined : fault instanceof Error ? fault.message : String(fault)
    if (!(fault instanceof Problem)) console.error(fault)
  }

  return {
    errors,
    general,
    busy,
    id,
    clear,
    error: (field: string) => errors.value[id(field)],
    /** Sets what was found on this side; true when nothing was. */
    check(found: Record<string, string | false | undefined>): boolean {
      const wrong = Object.entries(found).filter((entry): entry is [string, string] => Boolean(entry[1]))
      errors.value = Object.fromEntries(wrong.map(([field, text]) => [id(field), text]))
      general.value = undefined
      return wrong.length === 0
    },
    /** Runs what sends the form; true when it was accepted. `fieldOf`: where the form has what the server calls by another name. */
    async send(action: () => Promise<unknown>, fieldOf = (path: string) => path): Promise<boolean> {
      busy.value = true
      clear()
      try {
        await action()
        return true
      } catch (fault) {
        faulty(fault, fieldOf)
        return false
      } finally {
        busy.value = false
      }
    },
  }
}
