import { ref } from 'vue'
import { api } from '@/api/client'
import { forgetCard } from '@/lib/card/keep'
import { leaveCard } from '@/lib/card/wallet'
import { sayFault } from '@/ui/status'
import { forgetSession, me } from './session'

/** Ends the session of this browser, and takes the card off it. */
export async function signOut() {
  if (!me.value) return
  await leaveCard()
  await api.delete('/api/v1/sessions/{id}', { params: { path: { id: me.value.session_id } } })
  await forgetCard()
  forgetSession()
}

/** Signing out as a button does it: to the sign-in page afterwards, and what went wrong is said. */
export function useSignOut() {
  const busy = ref(false)
  async function leave() {
    busy.value = true
    try {
      await signOut()
      location.assign('/login')
    } catch (fault) {
      sayFault(fault)
      busy.value = false
    }
  }
  return { busy, leave }
}
