// Outlines of places, from files beside the client that whoever runs it may replace (/maps): of a province's parts, and of the
// counties of all its cities. Places are found by their division code.
import type { NodeProgress } from '@/api/rollout'

export interface Outline {
  type: 'Feature'
  properties: { name: string; code: string; city?: string }
  geometry: unknown
}
export interface Outlines {
  type: 'FeatureCollection'
  features: Outline[]
}

const kept = new Map<string, Promise<Outlines>>()
function read(file: string): Promise<Outlines> {
  const found = kept.get(file) ?? fetch(`/maps/${file}`).then(answer => (answer.ok ? (answer.json() as Promise<Outlines>) : Promise.reject(new Error(file))))
  kept.set(file, found)
  found.catch(() => kept.delete(file))
  return found
}

export const sixDigits = (code: string) => code.padEnd(6, '0').slice(0, 6)

/** The outlines that show the children of an organisation; nothing when there are none. */
export async function outlinesFor(parent: NodeProgress, children: readonly NodeProgress[]): Promise<Outlines | undefined> {
  if (parent.kind !== 'province' && parent.kind !== 'city') return undefined
  const codes = new Set(children.map(child => child.code && sixDigits(child.code)))
  const all = await read(parent.kind === 'province' ? 'jiangsu.json' : 'jiangsu-counties.json')
  const shown = all.features.filter(one => codes.has(one.properties.code))
  return shown.length > 1 ? { type: 'FeatureCollection', features: shown } : undefined
}
