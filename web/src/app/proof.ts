// Whether the person is asked to show that it is them; one dialog for all requests that wait for it.
import { ref } from 'vue'
import { onProofRequired } from '@/api/client'

export const asked = ref(false)
let waiting: Promise<boolean> | undefined
let settle = (_: boolean) => {}

onProofRequired(() => {
  waiting ??= new Promise<boolean>(done => {
    settle = done
    asked.value = true
  })
  return waiting
})

export function answer(proven: boolean) {
  asked.value = false
  waiting = undefined
  settle(proven)
}
