import type { State } from '@/api/problems'

export const tones = { open: 'info', asked: 'pending', solved: 'ok', withdrawn: 'neutral', merged: 'neutral' } as const satisfies Record<State, string>
