// One bulk work as it goes on: read once, then followed by the events of its job while that is the caller's own, and read again every few
// seconds until it waits for somebody or is over.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { listen } from '@/api/events'
import type { JobView } from '@/api/administration'
import type { BulkWork } from '@/api/bulk'

const kReadAgainMs = 2000

export function useBulkWork(id: () => string) {
  const current = shallowRef<BulkWork>()
  const fault = shallowRef<unknown>()
  const job = ref<JobView>()
  const running = computed(() => current.value?.state === 'counting' || current.value?.state === 'running')
  let stop: (() => void) | undefined
  let heard: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function leave() {
    clearTimeout(timer)
    stop?.()
    stop = heard = job.value = undefined
  }

  function show(now: BulkWork) {
    current.value = now
    fault.value = undefined
    if (!running.value) return leave()
    clearTimeout(timer)
    timer = setTimeout(() => void read(), kReadAgainMs)
    if (!now.job_id || heard === now.job_id) return
    stop?.()
    heard = now.job_id
    stop = listen([`job:${now.job_id}`], {
      event(_topic, data) {
        job.value = data as JobView
        if (job.value.state !== 'running' && job.value.state !== 'queued') void read()
      },
    })
  }

  async function read() {
    const asked = id()
    try {
      const now = await api.get('/api/v1/bulk-works/{id}', { params: { path: { id: asked } } })
      if (asked === id()) show(now)
    } catch (thrown) {
      fault.value = thrown
      if (running.value) timer = setTimeout(() => void read(), kReadAgainMs)
    }
  }

  function restart() {
    leave()
    current.value = undefined
    void read()
  }
  onScopeDispose(leave)

  return { current, fault, job, running, show, restart }
}
