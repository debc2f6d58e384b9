// Asks to put the site on the home screen: there it keeps its storage (iOS deletes that of other sites after 7 days).
import { ref } from 'vue'

interface InstallEvent extends Event {
  prompt(): Promise<unknown>
}

const offered = ref<InstallEvent>()
const isInstalled = matchMedia('(display-mode: standalone)').matches
const isApple = /iPhone|iPad/.test(navigator.userAgent)
export const installWay = ref<'none' | 'prompt' | 'share'>(!isInstalled && isApple ? 'share' : 'none')

addEventListener('beforeinstallprompt', event => {
  event.preventDefault()
  offered.value = event as InstallEvent
  installWay.value = 'prompt'
})
addEventListener('appinstalled', () => (installWay.value = 'none'))

export async function install() {
  await offered.value?.prompt()
  installWay.value = 'none'
}
