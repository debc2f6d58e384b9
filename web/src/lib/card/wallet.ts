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

/** One enrolment at a time, also among the tabs: each would make a key of its own, and the keys that are not kept would hold places for ever. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request('educard-enrolment', work) as Promise<T>) : work()
}

/** A device whose credential is at hand and good for a while. A key whose enrolment was never answered is enrolled again as the same device. */
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
    const device = await alone(() => ready(who))
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
  await alone(async () => {
    const kept = await keptDevice()
    const isUnused = kept?.account_id === who.account_id && !kept.enrolled
    await enrol(isUnused ? kept : await newDevice(who.account_id))
  })
  await openWallet(who)
}

/** Before signing out: this device's key is forgotten, so its place is given back. Signing out does not wait for a server that cannot. */
export async function leaveCard(): Promise<void> {
  const kept = await keptDevice()
  if (!kept) return
  const { release } = await import('./enrolment')
  await release(kept).catch(() => undefined)
}
