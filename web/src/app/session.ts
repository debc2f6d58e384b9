// Who is signed in. `me` is undefined until asked, null when nobody is.
import { computed, shallowReadonly, shallowRef } from 'vue'
import type { Me } from '@/api/accounts'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Role } from '@/api/types'
import { officeOf } from '@/lib/office-of'

const current = shallowRef<Me | null>()
let loading: Promise<Me | null> | undefined

export const me = shallowReadonly(current)
/** An inspector sees the pages of the place's administrator. */
export const roles = computed<readonly Role[]>(() => current.value?.roles.flatMap(one => (one.role === 'inspector' ? [one.role, officeOf[one.organisation_kind]] : [one.role])) ?? [])
/** Looks at everything and may do nothing: no office but an inspector's. */
export const onlyInspects = computed(() => roles.value.includes('inspector') && !current.value?.roles.some(one => one.role !== 'inspector'))

export function holds(any: readonly Role[]) {
  return any.some(role => roles.value.includes(role))
}

/** The same of those who may do something there: an inspector only looks. */
export function mayAct(any: readonly Role[]) {
  return current.value?.roles.some(one => any.includes(one.role)) ?? false
}

/** Asks the server once; later calls give what is known. */
export async function loadSession(): Promise<Me | null> {
  if (current.value !== undefined) return current.value
  loading ??= api.get('/api/v1/me')
    .catch((fault: unknown) => {
      if (fault instanceof Problem && fault.isSignedOut) return null
      throw fault
    })
    .then(found => (current.value = found))
    .finally(() => (loading = undefined))
  return loading
}

/** After signing in, and after something that changed what one may do. */
export async function reloadSession() {
  current.value = undefined
  return loadSession()
}

export function forgetSession() {
  current.value = null
}
