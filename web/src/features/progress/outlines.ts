// Outlines of places, as the server has them; the province may have put others in their place: of a province's parts, and of the
// counties of all its cities. Places are found by their division code.
import { api } from '@/api/client'
import type { NodeProgress, Outline as OutlineInfo } from '@/api/rollout'

export interface Outline {
  type: 'Feature'
  properties: { name: string; code: string; city?: string }
  geometry: unknown
}
export interface Outlines {
  type: 'FeatureCollection'
  features: Outline[]
}

export type MapName = OutlineInfo['name']

const kept = new Map<MapName, Promise<Outlines>>()
function read(name: MapName): Promise<Outlines> {
  const found = kept.get(name) ?? (api.get('/api/v1/map-outlines/{name}', { params: { path: { name } } }) as Promise<unknown> as Promise<Outlines>)
  kept.set(name, found)
  found.catch(() => kept.delete(name))
  return found
}

/** After somebody has put others in their place. */
export const forgetOutlines = () => kept.clear()

export const sixDigits = (code: string) => code.padEnd(6, '0').slice(0, 6)

/** The outlines that show the children of an organisation; nothing when there are none. */
export async function outlinesFor(parent: NodeProgress, children: readonly NodeProgress[]): Promise<Outlines | undefined> {
  if (parent.kind !== 'province' && parent.kind !== 'city') return undefined
  const codes = new Set(children.map(child => child.code && sixDigits(child.code)))
  const all = await read(parent.kind === 'province' ? 'cities' : 'counties')
  const shown = all.features.filter(one => codes.has(one.properties.code))
  return shown.length > 1 ? { type: 'FeatureCollection', features: shown } : undefined
}
