import type { State } from '@/api/questions'

export const tones = { draft: 'pending', published: 'ok', withdrawn: 'neutral' } as const satisfies Record<State, string>
