// What a verifier keeps for the time without a network: the issuer's keys and the signed status lists.
import { api } from '@/api/client'
import { keepList, keepTrust, keptLists, keptTrust } from './keep'
import { listUri, type IssuerKeys } from './verification'

const refetchAfterMs = 300_000
const mostLists = 8

async function fetchList(path: string): Promise<boolean> {
  const response = await fetch(path)
  // Read also when refused: an answer that nobody reads keeps its connection.
  const octets = new Uint8Array(await response.arrayBuffer())
  if (!response.ok) return false
  const uri = listUri(octets)
  if (uri) await keepList({ uri, octets, fetched_ms: Date.now() })
  return true
}

/** Fetches keys and lists that are missing or old. Quietly does what it can without a network. */
export async function refreshTrust(): Promise<void> {
  try {
    const { issuer, keys } = await api.get('/api/v1/issuer-keys')
    await keepTrust({ issuer, keys })
    const kept = await keptLists()
    for (let id = 0; id < mostLists; id++) {
      const path = `/api/v1/status-lists/${id}`
      const old = kept.find(list => new URL(list.uri).pathname === path)
      if (old && Date.now() - old.fetched_ms < refetchAfterMs) continue
      if (!(await fetchList(path))) break
    }
  } catch {
    // offline: what was kept stands
  }
}

export async function offlineTrust(): Promise<IssuerKeys | undefined> {
  return keptTrust()
}
