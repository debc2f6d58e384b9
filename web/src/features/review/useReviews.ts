// The state of the review page: the queue under its filters, the application being looked at, and what was decided.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { ApplicationState, ReviewDetail, ReviewItem, RosterMatch, Verdict } from '@/api/applications'
import { api } from '@/api/client'
import { usePages } from '@/ui/pages'
import { dismiss, say } from '@/ui/status'
import { type Held, kUndoSeconds, useDecisions } from './decisions'
import { t } from './texts'

export type Shown = 'mine' | 'all' | Exclude<ApplicationState, 'draft' | 'submitted' | 'withdrawn'>
export interface Filter {
  shown: Shown
  match: RosterMatch | ''
  query: string
}

/** `shown`: what is shown first. */
export function useReviews(current: () => string | undefined, goTo: (id: string | undefined) => void, shown: Shown) {
  const filter = reactive<Filter>({ shown, match: '', query: '' })
  const pages = usePages<ReviewItem>(cursor => {
    const waiting = filter.shown === 'mine' || filter.shown === 'all'
    const query = {
      state: waiting ? ('submitted' as const) : (filter.shown as ApplicationState),
      ...(filter.shown === 'mine' ? {} : { all: true }),
      ...(filter.match ? { match: filter.match } : {}),
      ...(filter.query.trim() ? { query: filter.query.trim() } : {}),
      ...(cursor ? { cursor } : {}),
      limit: 100,
    }
    return api.get('/api/v1/reviews', { params: { query } })
  })

  const statusOf = new Map<string, number>()
  const decisions = useDecisions({
    send: ({ item, verdict, reason, guardian_is_not_me }, leaving) =>
      api.post('/api/v1/applications/{id}/decision', { params: { path: { id: item.id } }, body: { version: item.version, verdict, ...(reason ? { reason } : {}), ...(guardian_is_not_me ? { guardian_is_not_me } : {}) }, keepalive: leaving }),
    done: ({ item }) => pages.remove(one => one.id === item.id && one.version === item.version),
    failed: ({ item }, fault) => {
      dismiss(statusOf.get(item.id) ?? 0)
      say(t('failed', { name: item.name, reason: fault instanceof Error ? fault.message : String(fault) }), { kind: 'fault' })
      void pages.restart()
    },
  })
  /** Without those that were decided a moment ago. */
  const items = computed(() => pages.items.value.filter(item => !decisions.isDecided(item.id)))

  const detail = shallowRef<ReviewDetail>()
  const fault = shallowRef<unknown>()
  const loading = ref(false)
  async function look(id: string | undefined) {
    detail.value = fault.value = undefined
    if (!id) return
    loading.value = true
    try {
      const found = await api.get('/api/v1/reviews/{id}', { params: { path: { id } } })
      if (current() === id) detail.value = found
    } catch (thrown) {
      if (current() === id) fault.value = thrown
    } finally {
      if (current() === id) loading.value = false
    }
  }
  watch(current, look, { immediate: true })
  watch(filter, () => void pages.restart(), { immediate: true })

  function step(by: number) {
    const index = items.value.findIndex(item => item.id === current())
    const next = items.value[Math.min(items.value.length - 1, Math.max(0, index + by))]
    if (next) goTo(next.id)
  }

  function undo(id: string) {
    const held = decisions.undo(id)
    if (!held) return
    dismiss(statusOf.get(id) ?? 0)
    goTo(id)
    say(t('undone', { name: held.item.name }), { kind: 'info' })
  }

  /** The decision is held for a while; the next application comes into view at once. */
  function decide(verdict: Verdict, said: Pick<Held, 'reason' | 'guardian_is_not_me'> = {}) {
    const now = detail.value
    if (!now?.may_decide) return
    const index = items.value.findIndex(item => item.id === now.application.id)
    const listed = items.value[index]
    const item = { ...(listed ?? asItem(now)), version: now.application.version }
    const following = items.value[index + 1] ?? items.value[index - 1]
    decisions.hold({ item, verdict, ...said })
    statusOf.set(item.id, say(t(`held_${verdict}`, { name: item.name }), { seconds: kUndoSeconds, action: { label: t('undo'), run: () => undo(item.id) } }))
    goTo(following?.id)
  }

  return { filter, pages, items, detail, fault, loading, step, decide, flush: decisions.flush, undoLast: () => undo(decisions.last()?.item.id ?? ''), reload: () => pages.restart() }
}

function asItem({ application, roster_match }: ReviewDetail): ReviewItem {
  return { id: application.id, kind: application.kind, state: application.state, name: application.profile.name ?? '', roster_match, submitted_at: application.submitted_at ?? application.created_at, version: application.version }
}
