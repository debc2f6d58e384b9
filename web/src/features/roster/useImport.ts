// One import as it goes on: read once, then followed by the events of its job until it waits for somebody or is over. Where events do
// not come through, it is read again every few seconds.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { listen } from '@/api/events'
import type { JobView } from '@/api/administration'
import type { RosterImport } from '@/api/roster'

const kReadAgainMs = 3000

export function useImport(id: string) {
  const current = shallowRef<RosterImport>()
  const fault = shallowRef<unknown>()
  const job = ref<JobView>()
  const running = computed(() => current.value?.state === 'checking' || current.value?.state === 'applying')
  let stop: (() => void) | undefined
  let heard: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function follow(now: RosterImport) {
    clearTimeout(timer)
    if (!running.value) {
      stop?.()
      heard = job.value = undefined
      return
    }
    timer = setTimeout(() => void read(), kReadAgainMs)
    if (heard === now.job_id) return
    stop?.()
    heard = now.job_id
    stop = listen([`job:${now.job_id}`], {
      event(_topic, data) {
        job.value = data as JobView
        if (job.value.state !== 'running' && job.value.state !== 'queued') void read()
      },
    })
  }

  function show(now: RosterImport) {
    current.value = now
    fault.value = undefined
    follow(now)
  }

  async function read() {
    try {
      show(await api.get('/api/v1/roster-imports/{id}', { params: { path: { id } } }))
    } catch (thrown) {
      fault.value = thrown
      timer = setTimeout(() => void read(), kReadAgainMs)
    }
  }
  void read()
  onScopeDispose(() => {
    clearTimeout(timer)
    stop?.()
  })

  return { current, fault, job, running, show, read }
}
