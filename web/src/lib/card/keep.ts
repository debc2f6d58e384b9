// What the device keeps of a card, so that it can be shown without a network: the card's face, the device key (which cannot be read out), and
// the credential. Also what a verifier needs offline: the issuer's keys and status lists.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Card } from '@/api/cards'
import type { IssuerKeys, KeptList } from './verification'

export interface KeptCard {
  account_id: string
  card: Card
}

export interface KeptDevice {
  account_id: string
  key: CryptoKeyPair
  /** The session in which this device was found withdrawn; the next sign-in enrols it again. */
  withdrawn_in?: string
  /** Absent until the server has enrolled the key. */
  enrolled?: { id: string; credential: Uint8Array<ArrayBuffer>; status_uri: string; issued_ms: number; expires_ms: number }
}

export type FetchedList = KeptList & { fetched_ms: number }

interface Schema extends DBSchema {
  own: { key: string; value: KeptCard | KeptDevice }
  trust: { key: string; value: IssuerKeys }
  lists: { key: string; value: FetchedList }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined

function database() {
  opened ??= openDB<Schema>('educard', 1, {
    upgrade(fresh) {
      fresh.createObjectStore('own')
      fresh.createObjectStore('trust')
      fresh.createObjectStore('lists')
    },
  })
  return opened
}

export async function keptCard(): Promise<KeptCard | undefined> {
  return (await (await database()).get('own', 'card')) as KeptCard | undefined
}

export async function keepCard(card: KeptCard) {
  await (await database()).put('own', card, 'card')
}

export async function keptDevice(): Promise<KeptDevice | undefined> {
  return (await (await database()).get('own', 'device')) as KeptDevice | undefined
}

export async function keepDevice(device: KeptDevice) {
  await (await database()).put('own', device, 'device')
}

/** After signing out, and when somebody else signs in here. */
export async function forgetCard() {
  await (await database()).clear('own')
}

export async function keptTrust(): Promise<IssuerKeys | undefined> {
  return (await database()).get('trust', 'issuer')
}

export async function keepTrust(trust: IssuerKeys) {
  await (await database()).put('trust', trust, 'issuer')
}

export async function keptLists(): Promise<FetchedList[]> {
  return (await database()).getAll('lists')
}

export async function keepList(list: FetchedList) {
  await (await database()).put('lists', list, list.uri)
}
