import { api } from '@/api/client'
import { forgetCard } from '@/lib/card/keep'
import { leaveCard } from '@/lib/card/wallet'
import { forgetSession, me } from './session'

/** Ends the session of this browser, and takes the card off it. */
export async function signOut() {
  if (!me.value) return
  await leaveCard()
  await api.delete('/api/v1/sessions/{id}', { params: { path: { id: me.value.session_id } } })
  await forgetCard()
  forgetSession()
}
