// The card on this device: read from the server when there is one, else what was kept; the device key is made and enrolled silently.
import { shallowReadonly, shallowRef } from 'vue'
import type { Me } from '@/api/accounts'
import type { Card } from '@/api/cards'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { forgetCard, keepCard, keepDevice, keptCard, keptDevice, type KeptDevice } from './keep'

export interface Wallet {
  card: Card | undefined
  device: KeptDevice | undefined
  /** Why the code cannot be shown although there is a card; a problem code of the server. */
  hindrance: string | undefined
  /** False when the server could not be asked. */
  fresh: boolean
}

const current = shallowRef<Wallet>()
export const wallet = shallowReadonly(current)

/** A device whose credential is at hand and good for a while. */
async function ready(who: Me): Promise<KeptDevice> {
  const { enrol, newDevice } = await import('./enrolment')
  const kept = await keptDevice()
  if (!kept || kept.account_id !== who.account_id) return enrol(await newDevice(who.account_id))
  if (!kept.enrolled) return kept.withdrawn_in === who.session_id ? kept : enrol(kept)
  const mine = (await api.get('/api/v1/card/devices')).find(one => one.id === kept.enrolled!.id)
  if (!mine) {
    const withdrawn = { account_id: kept.account_id, key: (await newDevice(kept.account_id)).key, withdrawn_in: who.session_id }
    await keepDevice(withdrawn)
    return withdrawn
  }
  const { issued_ms, expires_ms } = kept.enrolled
  const isOld = expires_ms - Date.now() < (expires_ms - issued_ms) / 3
  return mine.outdated || isOld ? enrol(kept) : kept
}

async function askServer(who: Me): Promise<Wallet> {
  const kept = await keptCard()
  if (kept && kept.account_id !== who.account_id) await forgetCard()
  let card: Card
  try {
    card = await api.get('/api/v1/card')
  } catch (fault) {
    if (!(fault instanceof Problem) || fault.status !== 404) throw fault
    return { card: undefined, device: undefined, hindrance: undefined, fresh: true }
  }
  await keepCard({ account_id: who.account_id, card })
  if (card.state !== 'active') return { card, device: undefined, hindrance: undefined, fresh: true }
  try {
    const device = await ready(who)
    return { card, device, hindrance: device.enrolled ? undefined : 'withdrawn', fresh: true }
  } catch (fault) {
    const device = await keptDevice()
    return { card, device: device?.account_id === who.account_id ? device : undefined, hindrance: fault instanceof Problem ? fault.code : 'failed', fresh: true }
  }
}

async function fromDevice(): Promise<Wallet> {
  const [kept, device] = [await keptCard(), await keptDevice()]
  return { card: kept?.card, device: kept && device?.account_id === kept.account_id ? device : undefined, hindrance: undefined, fresh: false }
}

/** Shows what the device keeps at once, then what the server says. `who` is unknown without a network. */
export async function openWallet(who: Me | null | undefined): Promise<void> {
  const kept = await fromDevice()
  const isMine = !who || (await keptCard())?.account_id === who.account_id
  if (kept.card && isMine && !current.value) current.value = kept
  if (!who) {
    current.value = kept
    return
  }
  try {
    current.value = await askServer(who)
  } catch {
    current.value = isMine ? await fromDevice() : { card: undefined, device: undefined, hindrance: undefined, fresh: false }
  }
}

/** The holder said that the card is lost: no code is drawn from now on. */
export async function reportLost(who: Me): Promise<void> {
  await api.post('/api/v1/card/report-lost')
  await openWallet(who)
}

/** Enrols this device again after it was withdrawn from the list. */
export async function useThisDevice(who: Me): Promise<void> {
  const { enrol, newDevice } = await import('./enrolment')
  await enrol(await newDevice(who.account_id))
  await openWallet(who)
}
