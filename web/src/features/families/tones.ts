import type { LinkState } from '@/api/families'

export const stateTone = { waiting: 'pending', active: 'ok', disputed: 'bad', ended: 'neutral' } as const satisfies Record<LinkState, string>
