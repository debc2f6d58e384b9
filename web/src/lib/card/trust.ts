// What a verifier keeps for the time without a network: the issuer's keys and the signed status lists.
import { api } from '@/api/client'
import { keepList, keepTrust, keptLists, keptTrust } from './keep'
import { listUri, type IssuerKeys } from './verification'

const refetchAfterMs = 300_000
// A province has about ninety, of some 30 KB each.
const mostLists = 256

async function fetchList(path: string): Promise<void> {
  const response = await fetch(path)
  // Read also when refused: an answer that nobody reads keeps its connection.
  const octets = new Uint8Array(await response.arrayBuffer())
  const uri = response.ok ? listUri(octets) : undefined
  if (uri) await keepList({ uri, octets, fetched_ms: Date.now() })
}

/** Fetches keys and lists that are missing or old. Quietly does what it can without a network. */
export async function refreshTrust(): Promise<void> {
  try {
    const { issuer, keys } = await api.get('/api/v1/issuer-keys')
    await keepTrust({ issuer, keys })
    const kept = await keptLists()
    for (const { id, uri } of (await api.get('/api/v1/status-lists')).slice(0, mostLists)) {
      const old = kept.find(list => list.uri === uri)
      if (old && Date.now() - old.fetched_ms < refetchAfterMs) continue
      await fetchList(`/api/v1/status-lists/${id}`)
    }
  } catch {
    // offline: what was kept stands
  }
}

export async function offlineTrust(): Promise<IssuerKeys | undefined> {
  return keptTrust()
}
